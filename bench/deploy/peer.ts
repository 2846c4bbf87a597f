import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateOf } from './application';

/**
 * A way to deploy, as the script of a deploy job has it.
 */
export interface Peer {
  /** The head of its column. */
  readonly name: string;
  /** A line of bash, run in a folder of its own. It has KUBECONFIG, NAMESPACE, IMAGE, LIMIT (seconds), and GitLab's variables. */
  readonly script: string;
  /** The programs that it calls: their paths, by the names that they are called by. */
  programs(): Readonly<Record<string, string>>;
  /** Writes what the project's repository has into that folder. */
  lay(folder: string, objects: readonly object[]): void;
}

/** The file of those that take manifests. */
export const TEMPLATE = 'app.yml';

/** What everybody does who has a placeholder in a file. */
export const FILLED_IN = `sed "s|IMAGE|$IMAGE|" ${TEMPLATE}`;

export function layTemplate(folder: string, objects: readonly object[]): void {
  writeFileSync(join(folder, TEMPLATE), templateOf(objects));
}
