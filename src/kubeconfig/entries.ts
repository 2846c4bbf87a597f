import { entries, Entry, entryNamed, pathTo, Section, shown, textField } from './file';
import { show, userError } from '../base/user-error';

/**
 * The cluster entry of a kubeconfig. It contains no credential.
 */
export interface ClusterParts {
  readonly server: string;
  readonly certificateAuthorityData?: string;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
}

/**
 * The fields of a kubeconfig that a CI job can use.
 */
export interface CredentialParts extends ClusterParts {
  readonly namespace?: string;
  readonly user: string;
  readonly cluster: string;
  readonly context: string;
  /** At least one of `token` and `tokenFile` is present. The caller checks that not both are. */
  readonly token?: string;
  readonly tokenFile?: string;
}

interface FieldRules {
  readonly known: string[];
  /** Valid fields of a kubeconfig that a CI job must not use, with the reason. */
  readonly refused: ReadonlyMap<string, Reason>;
}

interface Reason {
  readonly expected: string;
  readonly fix: string;
}

const TOKEN: Reason = { expected: 'a token', fix: 'use the token of a ServiceAccount: `kubectl create token`' };
const IMPERSONATION: Reason = { expected: 'no impersonation', fix: 'use the token of the account that deploys' };
const CERTIFICATE: Reason = { expected: 'a token', fix: 'use the token of a ServiceAccount: Kubernetes cannot revoke a client certificate' };

const ROOT: FieldRules = {
  known: ['apiVersion', 'kind', 'clusters', 'users', 'contexts', 'current-context', 'preferences', 'extensions'],
  refused: new Map(),
};
const CLUSTER: FieldRules = {
  known: ['server', 'certificate-authority-data', 'tls-server-name', 'proxy-url', 'disable-compression', 'extensions'],
  refused: new Map([
    ['certificate-authority', {
      expected: 'certificate-authority-data, since a CI runner does not have that file',
      fix: 'embed the certificates: `kubectl config view --raw --flatten`',
    }],
    ['insecure-skip-tls-verify', {
      expected: 'a verified connection, since an attacker on the network could read the token',
      fix: 'remove it and add the cluster\'s certificate-authority-data',
    }],
  ]),
};
const USER: FieldRules = {
  known: ['token', 'extensions'],
  refused: new Map([
    ['exec', { expected: 'a token, since an exec plugin runs a program that the file names', fix: TOKEN.fix }],
    ['auth-provider', TOKEN],
    ['tokenFile', { expected: 'the token itself, since a CI runner does not have that file', fix: 'write the token into the field token' }],
    ['username', TOKEN],
    ['password', TOKEN],
    ['client-certificate', CERTIFICATE],
    ['client-certificate-data', CERTIFICATE],
    ['client-key', CERTIFICATE],
    ['client-key-data', CERTIFICATE],
    ['as', IMPERSONATION],
    ['as-uid', IMPERSONATION],
    ['as-groups', IMPERSONATION],
    ['as-user-extra', IMPERSONATION],
  ]),
};
const USER_WITH_TOKEN_FILE: FieldRules = {
  known: ['token', 'tokenFile', 'extensions'],
  refused: new Map([...USER.refused].filter(([key]) => key !== 'tokenFile')),
};
const CONTEXT: FieldRules = { known: ['cluster', 'user', 'namespace', 'extensions'], refused: new Map() };

/**
 * Checks the top level of a kubeconfig: its version, its kind and its fields.
 *
 * @throws When the file is not a kubeconfig or has an unknown field.
 */
export function checkRoot(root: Section): void {
  checkFields(root, ROOT);
  for (const [key, value] of [['apiVersion', 'v1'], ['kind', 'Config']] as const) {
    if (textField(root, key) === value) continue;
    const given = root.fields.has(key) ? `it is not ${value}` : 'it is missing';
    throw userError({ at: key, given, expected: show(value), fix: `if this is a kubeconfig, write ${key}: ${value}` });
  }
}

/**
 * Returns the only entry of a list.
 *
 * @throws When the list has no entry, or several.
 */
export function onlyEntry(root: Section, list: string, body: string): Entry {
  const all = entries(root, list, body);
  const [only] = all;
  if (only && all.length === 1) return only;
  throw userError({
    at: list,
    given: `it has ${all.length} entries`,
    expected: 'exactly one, since a job can use every credential in its file',
    fix: 'keep the entry for this job: `kubectl config view --raw --minify --flatten`',
  });
}

/**
 * Reads the cluster and the user of a context. `Kubeconfig` checks the values later.
 *
 * @throws When an entry has a field that a CI job must not use.
 */
export function credentialParts(context: Entry, clusters: Entry[], users: Entry[], allowTokenFile = false): CredentialParts {
  const cluster = referencedEntry(context, 'cluster', clusters);
  const user = referencedEntry(context, 'user', users);
  checkEntry(context, 'context', CONTEXT);
  checkEntry(cluster, 'cluster', CLUSTER);
  checkEntry(user, 'user', allowTokenFile ? USER_WITH_TOKEN_FILE : USER);
  const tokenFile = allowTokenFile ? textField(user.body, 'tokenFile') : undefined;
  return {
    ...clusterParts(cluster),
    namespace: textField(context.body, 'namespace'),
    user: user.name,
    cluster: cluster.name,
    context: context.name,
    token: textField(user.body, 'token') ?? (tokenFile === undefined ? missing(user.body, 'token', TOKEN.fix) : undefined),
    tokenFile,
  };
}

/**
 * Looks up the entry that a context refers to.
 *
 * @param key `cluster` or `user`.
 */
export function referencedEntry(context: Entry, key: string, all: Entry[]): Entry {
  const name = textField(context.body, key) ?? missing(context.body, key, `name one of the ${key}s`);
  return entryNamed(all, name, pathTo(context.body, key));
}

/**
 * Reads a cluster entry. The caller resolves references to files.
 */
export function clusterParts(cluster: Entry): ClusterParts {
  return {
    server: textField(cluster.body, 'server') ?? missing(cluster.body, 'server', 'add the address of the API server'),
    certificateAuthorityData: textField(cluster.body, 'certificate-authority-data'),
    tlsServerName: textField(cluster.body, 'tls-server-name'),
    proxyUrl: textField(cluster.body, 'proxy-url'),
  };
}

/**
 * Checks that the server's certificate is verified. `insecure-skip-tls-verify: false` is allowed.
 *
 * @throws When the certificate is not verified.
 */
export function checkVerified(cluster: Entry): void {
  const key = 'insecure-skip-tls-verify';
  const reason = CLUSTER.refused.get(key);
  if (reason && (cluster.body.fields.get(key) ?? false) !== false) throw forbiddenField(cluster.body, key, reason);
}

function checkEntry(entry: Entry, body: string, rules: FieldRules): void {
  checkFields(entry.wrapper, { known: ['name', body], refused: new Map() });
  checkFields(entry.body, rules);
}

function checkFields(section: Section, rules: FieldRules): void {
  for (const [key, value] of section.fields) {
    const reason = rules.refused.get(key);
    if (reason && value !== false) throw forbiddenField(section, key, reason);
    if (!reason && !rules.known.includes(key)) throw unknownField(section, key, rules);
  }
}

function forbiddenField(section: Section, key: string, reason: Reason): Error {
  return userError({ at: section.at, given: `it has ${key}`, expected: reason.expected, fix: reason.fix });
}

function unknownField(section: Section, key: string, rules: FieldRules): Error {
  const given = /^[A-Za-z-]{1,40}$/.test(key) ? `it has the unknown field ${shown(key)}` : 'it has an unknown field';
  return userError({ at: section.at, given, expected: `only ${rules.known.join(', ')}`, fix: 'remove it, or use one of these names: kubectl would silently ignore it' });
}

function missing(section: Section, key: string, fix: string): never {
  throw userError({ at: pathTo(section, key), given: 'it is missing', expected: 'text', fix });
}

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
  if (token.startsWith('\ufeff')) return 'it begins with a byte order mark';
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
