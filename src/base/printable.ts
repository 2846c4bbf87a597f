import { secrets } from './secrets';

/** Control characters, line separators and characters that change the direction of text. Letters of any script are not among them. */
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A server's message is cut after this number of characters. */
const LONGEST_MESSAGE = 2000;

/**
 * Escapes a UTF-16 code unit as JSON does: `\u001b`.
 */
export function escapeCodeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Escapes everything but printable ASCII. Use it for names and messages from a server, which then are safe in terminals and logs.
 */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, escapeCodeUnit);
}

/**
 * Escapes unprintable characters and keeps letters of any script. For texts of people and applications, such as log lines.
 */
export function printableText(text: string): string {
  return text.replace(UNPRINTABLE, escapeCodeUnit);
}

/**
 * Escapes unprintable characters but line feeds and tabs: for a text with several lines. Colours are removed, and CRLF becomes a line feed.
 */
export function escapeControls(text: string): string {
  return text.replace(/\x1b\[[\d;]*m/g, '').replace(/\r\n/g, '\n').replace(UNPRINTABLE, (unit) => (unit === '\n' || unit === '\t' ? unit : escapeCodeUnit(unit)));
}

/**
 * A server's message as part of a message of ours: masked, cut to 2,000 characters, and escaped.
 */
export function serverWords(text: string): string {
  return printable(secrets.cut(text, LONGEST_MESSAGE, '...'));
}
