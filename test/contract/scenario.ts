import type { Stage } from './recording/stage';

/**
 * One run of the command.
 */
export interface Run {
  /** What follows the name of the program. `{server}`, `{gitlab}` and `{namespace}` stand for those of the stage. */
  readonly command: string;
  /** What lies in the folder, by name. A list of objects becomes a manifest. They stay for later runs. */
  readonly files?: Readonly<Record<string, string | readonly object[]>>;
  /** The environment. The same marks may be used. */
  readonly variables?: Readonly<Record<string, string>>;
  /** On standard input. */
  readonly stdin?: string;
  /** Done before it. */
  readonly before?: (stage: Stage) => Promise<void> | void;
  /** Ends the command by SIGTERM when the first request of this method and path is answered. */
  readonly endedAt?: { readonly method: string; readonly path: RegExp };
  /** Whether it only prepares others: it must exit with 0 and is not recorded. */
  readonly isGiven?: boolean;
}

/**
 * Some runs of the command on one stage, recorded in one file.
 */
export interface Scenario {
  /** Of the file: `deploy-first-release`. */
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly shows: string;
  /** What is there before. Without it the folder is empty. */
  readonly given?: (stage: Stage) => Promise<void>;
  readonly runs: readonly Run[];
}
