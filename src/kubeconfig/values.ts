import { shown } from './file';
import { userError } from '../base/user-error';

/**
 * Checks a value against a pattern.
 *
 * @param fix Advice for the error.
 */
export function checkText(at: string, value: string, pattern: RegExp, expected: string, fix: string): string {
  if (pattern.test(value)) return value;
  throw userError({ at, given: `it is ${shown(value)}`, expected, fix });
}

/**
 * Checks the name of a cluster, user or context.
 */
export function checkName(at: string, name: string): string {
  return checkText(at, name, /^[^\p{C}]+$/u, 'a name without control characters', 'use a name such as "kubernetes"');
}

/**
 * Checks a URL that may consist only of scheme, host, port and path.
 *
 * @param protocols The schemes that are allowed, each with a colon.
 */
export function checkUrl(at: string, text: string, protocols: string[]): string {
  const schemes = protocols.map((protocol) => protocol.slice(0, -1)).join(', ');
  if (isPlainUrl(text, protocols)) return text;
  throw userError({
    at,
    given: `it is ${shown(text)}`,
    expected: `an address with the scheme ${schemes}, without user name, query and fragment`,
    fix: `write it as ${protocols[0]}//host:port`,
  });
}

function isPlainUrl(text: string, protocols: string[]): boolean {
  const url = /^[\x21-\x7e]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol) || url.hostname === '') return false;
  return !/[@?#]/.test(text) && text.toLowerCase().startsWith(`${url.protocol}//`);
}

/**
 * Checks that exactly one of `token` and `tokenFile` is given.
 */
export function checkOneToken({ token, tokenFile }: { readonly token?: string; readonly tokenFile?: string }): void {
  if ((token === undefined) !== (tokenFile === undefined)) return;
  throw userError({
    at: 'token',
    given: token === undefined ? 'neither a token nor a token file is given' : 'both a token and a token file are given',
    expected: 'one of them',
    fix: 'pass token, or tokenFile with the path of the file that contains it',
  });
}

/**
 * Checks the path of a token file.
 */
export function checkTokenFile(file: string): string {
  checkText('tokenFile', file, /^[^\p{C}]+$/u, 'the name of a file, without control characters', 'use a path such as "/builds/id-token"');
  if (!isJwt(file)) return file;
  throw userError({ at: 'tokenFile', given: 'it is a token', expected: 'the name of the file that contains it', fix: 'pass the token as token' });
}

/**
 * Checks that a token can be sent in a request and is not base64 of a token.
 */
export function checkToken(token: string): void {
  const problem = tokenProblem(token);
  if (!problem) return;
  throw userError({
    at: 'token',
    given: problem,
    expected: 'the token alone, in one line',
    fix: 'use the output of `kubectl create token`, or of a Secret with `-o go-template=\'{{.data.token | base64decode}}\'`',
  });
}

function tokenProblem(token: string): string | undefined {
  if (token === '') return 'it is empty';
  if (/[\r\n]/.test(token)) return 'it has a line break in it';
  if (/\s/.test(token)) return 'it has white space in it';
  if (!/^[\x21-\x7e]+$/.test(token)) return 'it has characters in it that are not ASCII';
  return isBase64OfJwt(token) ? 'it is base64 of a token, as in the data of a Secret' : undefined;
}

function isBase64OfJwt(token: string): boolean {
  return isJwt(Buffer.from(token, 'base64').toString('latin1').trim());
}

function isJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
}
