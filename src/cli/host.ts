import type { CiVariables } from '../private/ci-variables';

/**
 * A way out: results go to one, talk to the other.
 */
export interface Output {
  write(text: string): unknown;
}

/**
 * The way in.
 */
export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
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
}
