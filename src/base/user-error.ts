import { escapeCodeUnit, printableText } from './printable';
import { secrets } from './secrets';

/**
 * An error that the user can fix. The command prints its message without a stack trace.
 */
export class UserError extends Error {
  public override readonly name = 'UserError';
}

/**
 * The parts of an error message.
 */
export interface Problem {
  /** Where the problem is: a construct path, `file:line:column`, or the name of a variable. */
  readonly at?: string;
  /** The wrong value, as a noun phrase. Pass untrusted values through `show`; never include a secret. */
  readonly given: string;
  /** A valid value. */
  readonly expected: string;
  /** What to do. */
  readonly fix: string;
}

/**
 * Creates an error with the message `at: given, expected …; fix`.
 */
export function userError({ at, given, expected, fix }: Problem): UserError {
  return new UserError(`${at ? `${printableText(at)}: ` : ''}${given}, expected ${expected}; ${fix}`);
}

const LONGEST_SHOWN = 160;

/**
 * Shows an untrusted value in a message. Secrets in a text are masked; then the text is quoted and cut to 160 characters.
 * Everything but printable ASCII is escaped, so the value cannot contain control sequences or reorder the line.
 */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (['number', 'bigint', 'boolean'].includes(typeof value) || value === null) return secrets.mask(String(value));
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return JSON.stringify(secrets.cut(text, LONGEST_SHOWN, '…')).replace(/[^\x20-\x7e\u2026]/g, escapeCodeUnit);
}

/**
 * The type of a JSON value in words: `a list`. For values that may be secrets.
 */
export function typeInWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const words: Partial<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'true or false' };
  return words[typeof value] ?? 'a map';
}

/**
 * Adds a place to a user error, for code that checks values without knowing where they come from. Returns other errors unchanged.
 */
export function located(at: string, error: unknown): unknown {
  return error instanceof UserError ? new UserError(`${at}: ${error.message}`) : error;
}

/**
 * Runs an action and returns the message of its user error, or an empty list. This is the form that construct validation expects.
 *
 * @throws Every error that is not a user error.
 */
export function validationErrors(action: () => unknown): string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (error instanceof UserError) return [error.message];
    throw error;
  }
}
