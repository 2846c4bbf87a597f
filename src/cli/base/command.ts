import type { Arguments, Syntax } from '../command-line/arguments';
import type { ExitCode } from './exit-code';
import type { Files } from '../io/files';
import type { Host } from './host';

/**
 * What a command has to work with.
 */
export interface Context extends Pick<Host, 'stdout' | 'stderr' | 'variables' | 'cwd' | 'clock' | 'signal'> {
  readonly args: Arguments;
  readonly files: Files;
}

/**
 * A command as data; `run` is the only part that does something.
 */
export interface Command extends Syntax {
  readonly summary: string;
  /** Paragraphs of the help. */
  readonly description: string[];
  run(context: Context): Promise<ExitCode>;
}
