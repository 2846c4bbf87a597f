import { userError, show } from '../../base/user-error';

/**
 * A text as one word of a POSIX shell. The shell expands references to variables (`$NAME`, `${NAME}`) and does not split the result.
 * All other characters are literal.
 */
export function shellWord(text: string): string {
  return /^[\w.,:@%+=/-]+$/.test(text) ? text : doubleQuoted(text);
}

/** The same as `shellWord`, always in quotes. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(/["\\`]|\$(?![A-Za-z_]|\{[A-Za-z_]\w*\})/g, '\\$&')}"`;
}

/** A text as one word of a POSIX shell in which all characters are literal. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Checks that a text has one line and that no command reads it as an option.
 */
export function checkedText(at: string, text: string): string {
  if (/^[^-\0-\x1f\x7f][^\0-\x1f\x7f]*$/.test(text)) return text;
  throw userError({ at, given: `it is ${show(text)}`, expected: 'one line of text that does not begin with "-"', fix: fixOfText(text) });
}

function fixOfText(text: string): string {
  if (text === '') return 'leave the option out, or set it to a text';
  return text.startsWith('-') ? 'begin with another character, such as "./" for a path' : 'remove line breaks and control characters';
}

/**
 * Checks the name of a variable of the shell.
 */
export function checkedVariable(at: string, name: string): string {
  if (/^[A-Za-z_]\w{0,254}$/.test(name)) return name;
  const valid = name.replace(/\W/g, '_').replace(/^(?=\d)/, '_').slice(0, 255);
  throw userError({ at, given: `it is ${show(name)}`, expected: 'letters, digits and "_", and no digit in front', fix: `use a name such as ${valid || 'KUBECONFIG'}` });
}
