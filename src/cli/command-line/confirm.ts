import type { Context } from './command';
import { ExitCode, Failure } from '../base/failure';

/**
 * Asks the user at a terminal to confirm a change. Without a terminal, or with `--yes`, it asks nothing.
 *
 * @throws A `Failure` when the answer is not yes.
 */
export async function confirm({ args, files, stderr }: Context, question: string): Promise<void> {
  if (args.has('yes') || !files.stdinIsTerminal) return;
  stderr.write(`${question} [y/N] `);
  if (/^y(?:es)?$/i.test(await files.readLine())) return;
  throw new Failure('not confirmed', ExitCode.NO);
}
