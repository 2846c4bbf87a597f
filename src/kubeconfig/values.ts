import { shown } from './file';
import { userError } from '../base/user-error';

/** A value that must match a pattern. */
export function checkText(at: string, value: string, pattern: RegExp, expected: string): string {
  if (pattern.test(value)) return value;
  throw userError({ at, given: `it is ${shown(value)}`, expected, fix: 'correct it' });
}

/** The name of a cluster, user or context. */
export function checkName(at: string, name: string): string {
  return checkText(at, name, /^[^\p{C}]+$/u, 'a name without control characters');
}

/** An address that has nothing in it but scheme, host, port and path. */
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

/** Refuses neither and both. */
export function checkOneToken({ token, tokenFile }: { readonly token?: string; readonly tokenFile?: string }): void {
  if ((token === undefined) !== (tokenFile === undefined)) return;
  throw userError({
    at: 'token',
    given: token === undefined ? 'neither a token nor a token file is given' : 'both a token and a token file are given',
    expected: 'one of them',
    fix: 'give the token, or the name of the file that the client reads it from',
  });
}

/** The name of the file that has the token. */
export function checkTokenFile(file: string): string {
  checkText('tokenFile', file, /^[^\p{C}]+$/u, 'the name of a file, without control characters');
  if (!isJwt(file)) return file;
  throw userError({ at: 'tokenFile', given: 'it is a token', expected: 'the name of the file that has it', fix: 'give the token as the token' });
}

/** Refuses what cannot be sent as a token, or is none yet. */
export function checkToken(token: string): void {
  const problem = tokenProblem(token);
  if (!problem) return;
  throw userError({
    at: 'token',
    given: problem,
    expected: 'the token alone in one line, as it is sent in a request',
    fix: 'take it from `kubectl create token`, or from a Secret with `-o go-template=\'{{.data.token | base64decode}}\'`',
  });
}

function tokenProblem(token: string): string | undefined {
  if (token === '') return 'it is empty';
  if (/[\r\n]/.test(token)) return 'it has a line break in it';
  if (/\s/.test(token)) return 'it has white space in it';
  if (!/^[\x21-\x7e]+$/.test(token)) return 'it has characters in it that are not ASCII';
  return isEncodedTwice(token) ? 'it is still in base64, as the data of a Secret is' : undefined;
}

function isEncodedTwice(token: string): boolean {
  return isJwt(Buffer.from(token, 'base64').toString('latin1').trim());
}

function isJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
}
