import type { Stage } from './recording/stage';

/**
 * One run of the command.
 */
export interface Run {
  /** The arguments. `{server}`, `{gitlab}` and `{namespace}` are replaced by those of the stage. */
  readonly command: string;
  /** Files in the folder, by name. A list of objects becomes a manifest. The files stay for later runs. */
  readonly files?: Readonly<Record<string, string | readonly object[]>>;
  /** Environment variables. The same placeholders are replaced. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The standard input. */
  readonly stdin?: string;
  /** Called before the run. */
  readonly before?: (stage: Stage) => Promise<void> | void;
  /** Sends SIGTERM after the response to the first request of this method and path. */
  readonly endedAt?: { readonly method: string; readonly path: RegExp };
  /** Whether the run only prepares others. It must exit with 0 and is not recorded. */
  readonly isGiven?: boolean;
}

/**
 * Runs of the command on one stage, recorded in one file.
 */
export interface Scenario {
  /** The name of the recorded file: `deploy-first-release`. */
  readonly name: string;
  /** The expected behaviour, in a sentence. */
  readonly shows: string;
  /** Prepares the stage. Without it, the folder is empty. */
  readonly given?: (stage: Stage) => Promise<void>;
  readonly runs: readonly Run[];
}
