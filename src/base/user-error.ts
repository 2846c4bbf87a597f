/**
 * A mistake of the user, as opposed to a bug: its message is all there is to say, so the command prints no stack for it.
 */
export class UserError extends Error {
  public override readonly name = 'UserError';
}

/**
 * What every refusal says, in the order in which a reader needs it.
 */
export interface Problem {
  /** Where: a construct path, `file:line:column`, or the name of a variable. */
  readonly at?: string;
  /** What was given, as a noun phrase; values in it go through `show` first, secrets never appear. */
  readonly given: string;
  /** What would have been accepted. */
  readonly expected: string;
  /** What to do now. */
  readonly fix: string;
}

/**
 * One sentence: `at: given, expected …; fix`.
 */
export function userError(parts: Problem): UserError {
  const where = parts.at ? `${parts.at.replace(UNPRINTABLE, escapeCodeUnit)}: ` : '';
  return new UserError(`${where}${parts.given}, expected ${parts.expected}; ${parts.fix}`);
}

/** Control characters, line separators, and what turns the direction of a text: paths keep their letters, in any script. */
export const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const LONGEST_SHOWN = 160;

/**
 * An untrusted value, a text in quotes, that is safe in a terminal and in a log: everything that is not printable ASCII
 * is escaped, so neither control sequences nor text that reorders a line get through, and long values are cut.
 */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (['number', 'bigint', 'boolean'].includes(typeof value) || value === null) return String(value);
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e\u2026]/g, escapeCodeUnit);
}

/** `\\u001b`. */
export function escapeCodeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The same refusal, said of a place: for values that are checked by someone who does not know where they came from.
 * Anything but a refusal is returned as it is.
 */
export function located(at: string, error: unknown): unknown {
  return error instanceof UserError ? new UserError(`${at}: ${error.message}`) : error;
}

/**
 * The refusal of an action as the list that a construct's validation returns, empty when it went well. Anything else is thrown on.
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
