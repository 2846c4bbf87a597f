import { userError, show } from '../../base/user-error';

/**
 * A text as one word of a POSIX shell. References to variables (`$NAME`, `${NAME}`) are expanded, and never split or read again; all else stands for itself.
 */
export function word(text: string): string {
  return /^[\w.,:@%+=/-]+$/.test(text) ? text : doubleQuoted(text);
}

/** The same with quotes in any case. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(/["\\`]|\$(?![A-Za-z_]|\{[A-Za-z_]\w*\})/g, '\\$&')}"`;
}

/** A text as one word in which nothing is expanded. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Refuses what is no line of text, or would be read as an option.
 */
export function checkedText(at: string, text: string): string {
  if (/^[^-\0-\x1f\x7f][^\0-\x1f\x7f]*$/.test(text)) return text;
  throw userError({ at, given: `it is ${show(text)}`, expected: 'one line of text that does not begin with "-"', fix: 'correct it' });
}

/**
 * Refuses what is no name of a variable in a shell.
 */
export function checkedVariable(at: string, name: string): string {
  if (/^[A-Za-z_]\w{0,254}$/.test(name)) return name;
  throw userError({ at, given: `it is ${show(name)}`, expected: 'letters, digits and "_", the first no digit', fix: 'correct it' });
}
