import type { Arguments } from './arguments';
import type { ExitCode } from './exit-code';
import type { Files } from './files';
import type { CiVariables } from '../private/ci-variables';

/**
 * A way out: results go to one, talk to the other.
 */
export interface Output {
  readonly isTTY?: boolean;
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

/**
 * What a command has to work with.
 */
export interface Context extends Pick<Host, 'stdout' | 'stderr' | 'variables'> {
  readonly args: Arguments;
  readonly files: Files;
}

/**
 * One option of a command.
 */
export interface Option {
  /** The name of its value in the help; an option without one is a switch. */
  readonly takes?: string;
  /** Whether it may be given several times. */
  readonly many?: boolean;
  readonly summary: string;
}

/**
 * A command as data; `run` is the only part that does something.
 */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What may follow the name, apart from options: `[FILE|-]`. */
  readonly operands: string[];
  /** Operands that must be there. */
  readonly required: number;
  /** Paragraphs of the help. */
  readonly description: string[];
  readonly options: ReadonlyMap<string, Option>;
  /** Options that people try and that are missing on purpose, with what to do instead. */
  readonly missing?: ReadonlyMap<string, string>;
  run(context: Context): Promise<ExitCode>;
}
