import { userError } from '../../base/user-error';

/**
 * A token as it goes into a header: white space around it is left out, as client-go does.
 *
 * @param at Where it came from.
 * @throws When it is empty or cannot be sent. It is never shown.
 */
export function sendableToken(at: string, text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const given = token === '' ? 'it is empty' : 'it has white space in it, or characters that are not ASCII';
  throw userError({ at, given, expected: 'a token, in one line', fix: 'log in to the cluster again, or give the right file' });
}
