import type { Arguments, Syntax } from './arguments';
import type { ExitCode } from '../base/exit-code';
import type { Host } from '../base/host';
import type { Files } from '../io/files';

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
