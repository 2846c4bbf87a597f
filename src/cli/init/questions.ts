import { UserError, userError } from '../../base/user-error';
import type { Context } from '../command-line/command';

/**
 * Something that has to be known.
 */
export interface Question<T> {
  /** The option that answers it beforehand. */
  readonly option: string;
  readonly text: string;
  /** What an empty answer means, and no option where nobody can be asked. */
  readonly otherwise?: string;
  /** @throws A refusal when it is no answer. */
  readonly parse: (answer: string) => T;
}

/**
 * The answer of the option, else of whoever sits at the terminal, else what goes without saying.
 *
 * @throws A refusal when the option's value is wrong, or nothing answers.
 */
export async function ask<T>({ args, files, stderr }: Context, { option, text, otherwise, parse }: Question<T>): Promise<T> {
  const given = args.one(option);
  if (given !== undefined) return parse(given);
  if (!files.stdinIsTerminal || args.has('yes')) return parse(otherwise ?? missing(option, text));
  for (;;) {
    stderr.write(`${text}${otherwise === undefined ? '' : ` [${otherwise}]`}: `);
    const answer = await files.readLine() || otherwise;
    if (answer === undefined) return missing(option, text);
    try {
      return parse(answer);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      stderr.write(`${error.message}\n`);
    }
  }
}

function missing(option: string, text: string): never {
  throw userError({ at: `--${option}`, given: 'it is missing', expected: text, fix: 'give it' });
}
