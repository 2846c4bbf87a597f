import type { Arguments, Syntax } from './arguments';
import type { ExitCode } from '../base/failure';
import type { Host } from '../base/host';
import type { Files } from '../io/files';
import type { SafeOutput } from '../io/safe-output';

/**
 * The arguments, files and surroundings of a command that runs.
 */
export interface Context extends Pick<Host, 'variables' | 'cwd' | 'clock' | 'signal'> {
  /** For results. */
  readonly stdout: SafeOutput;
  /** For progress, warnings and errors. */
  readonly stderr: SafeOutput;
  readonly args: Arguments;
  readonly files: Files;
}

/**
 * An example in the help.
 */
export interface Example {
  /** What to type, at most 78 characters: `cdk8s-ci-deploy render deployment.yml`. */
  readonly line: string;
  /** What the line does, as an imperative: `Set the image of this pipeline`. */
  readonly does: string;
}

/**
 * A command: its syntax, its help, and the function that runs it.
 */
export interface Command extends Syntax {
  readonly summary: string;
  /** Paragraphs of the help, which wraps them. An empty line ends a paragraph. An indented line, or one with `- `, is a paragraph of its own. */
  readonly description: string[];
  readonly examples?: readonly Example[];
  /** The environment variables that it reads, by their names, with what they mean. */
  readonly variables?: ReadonlyMap<string, string>;
  /** The exit codes and their meanings, without those of signals. @default - those of every command, `EXIT_CODES` in help.ts */
  readonly exitCodes?: ReadonlyMap<number, string>;
  run(context: Context): Promise<ExitCode>;
}
