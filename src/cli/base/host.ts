import type { CiVariables } from '../../gitlab/ci-variables';

/**
 * Standard output or standard error.
 */
export interface Output {
  readonly isTTY?: boolean;
  /** The width of the terminal. */
  readonly columns?: number;
  /** Whether a live line is shown. */
  readonly hasLiveLine?: boolean;
  write(text: string): unknown;
  /** Shows a line that the next text erases. Standard error has it. */
  showLiveLine?(line: string): void;
  endLiveLine?(): void;
}

/**
 * Standard input.
 */
export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
}

/**
 * The time and timers. Tests replace it.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted before. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` after this time. Returns a function that cancels the call. */
  after(milliseconds: number, action: () => void): () => void;
}

/**
 * The process that the command runs in. Tests replace it.
 */
export interface Host {
  readonly stdin: Input;
  /** For results. */
  readonly stdout: Output;
  /** For progress, warnings and errors. */
  readonly stderr: Output;
  readonly variables: CiVariables;
  /** The current folder: the base of relative file names. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborted with `Interrupted` when the command must stop. */
  readonly signal: AbortSignal;
}
