import { escapeCodeUnit, UNPRINTABLE } from './user-error';

/**
 * A server's words or names, safe in a terminal and in a log: what is not printable ASCII is escaped.
 */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, escapeCodeUnit);
}

/**
 * The same for people's own texts, such as log lines: control characters, line separators and what turns the direction of a text are escaped;
 * letters stay, in any script.
 */
export function printableText(text: string): string {
  return text.replace(UNPRINTABLE, escapeCodeUnit);
}

/** Characters of a server's own words that are repeated at most. */
const LONGEST_WORDS = 2000;

/**
 * A server's own words, as a part of a message.
 */
export function serverWords(text: string): string {
  return printable(text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}...` : text);
}
