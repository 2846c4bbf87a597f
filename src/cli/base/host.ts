import type { CiVariables } from '../../gitlab/ci-variables';

/**
 * A way out: results go to one, talk to the other.
 */
export interface Output {
  readonly isTTY?: boolean;
  /** Of a terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * The way in.
 */
export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
}

/**
 * Time as the command sees it.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted before. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` after this time, for a time limit. The function that it returns cancels the call. */
  after(milliseconds: number, action: () => void): () => void;
}

/**
 * Everything around the command, so that tests can bring their own.
 */
export interface Host {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly variables: CiVariables;
  /** Relative file names start here. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborted with an `Interrupted` when the command is to end. */
  readonly signal: AbortSignal;
}
