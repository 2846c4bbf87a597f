import type { Context } from './command';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';

/**
 * Asks before something is done, where someone is there to be asked; `--yes` answers beforehand.
 *
 * @throws A `Failure` when the answer is no.
 */
export async function confirm({ args, files, stderr }: Context, question: string): Promise<void> {
  if (args.has('yes') || !files.stdinIsTerminal) return;
  stderr.write(`${question} [y/N] `);
  if (/^y(?:es)?$/i.test(await files.readLine())) return;
  throw new Failure('not confirmed', ExitCode.NO);
}
