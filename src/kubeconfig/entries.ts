import { Entry, entries, entryNamed, pathTo, Section, shown, textField } from './file';
import { userError, show } from '../base/user-error';

/**
 * The cluster of a kubeconfig: everything in it that is not a credential.
 */
export interface ClusterParts {
  readonly server: string;
  readonly certificateAuthorityData?: string;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
}

/**
 * What a kubeconfig says that a CI job can use.
 */
export interface CredentialParts extends ClusterParts {
  readonly namespace?: string;
  readonly user: string;
  readonly cluster: string;
  readonly context: string;
  /** One of both at least: that it is one alone is for the caller to see. */
  readonly token?: string;
  readonly tokenFile?: string;
}

interface FieldRules {
  readonly known: string[];
  /** Fields that mean something, and why they are refused. */
  readonly refused: ReadonlyMap<string, Reason>;
}

interface Reason {
  readonly expected: string;
  readonly fix: string;
}

const TOKEN: Reason = { expected: 'a token', fix: 'use the token of a ServiceAccount: `kubectl create token`' };
const ITSELF: Reason = { expected: 'the identity itself', fix: 'use the token of the account that is meant' };
const CERTIFICATE: Reason = { expected: 'a token', fix: 'use the token of a ServiceAccount: Kubernetes cannot revoke a client certificate' };

const ROOT: FieldRules = {
  known: ['apiVersion', 'kind', 'clusters', 'users', 'contexts', 'current-context', 'preferences', 'extensions'],
  refused: new Map(),
};
const CLUSTER: FieldRules = {
  known: ['server', 'certificate-authority-data', 'tls-server-name', 'proxy-url', 'disable-compression', 'extensions'],
  refused: new Map([
    ['certificate-authority', {
      expected: 'the certificates themselves in certificate-authority-data, since a CI runner does not have that file',
      fix: 'embed them: `kubectl config view --raw --flatten`',
    }],
    ['insecure-skip-tls-verify', {
      expected: 'a verified connection, since anyone in between could take the token',
      fix: 'remove it and give the cluster\'s certificate-authority-data',
    }],
  ]),
};
const USER: FieldRules = {
  known: ['token', 'extensions'],
  refused: new Map([
    ['exec', { expected: 'a token, since an exec plugin is a program that the file chooses', fix: TOKEN.fix }],
    ['auth-provider', TOKEN],
    ['tokenFile', { expected: 'the token itself, since a CI runner does not have that file', fix: 'put it into the field token' }],
    ['username', TOKEN],
    ['password', TOKEN],
    ['client-certificate', CERTIFICATE],
    ['client-certificate-data', CERTIFICATE],
    ['client-key', CERTIFICATE],
    ['client-key-data', CERTIFICATE],
    ['as', ITSELF],
    ['as-uid', ITSELF],
    ['as-groups', ITSELF],
    ['as-user-extra', ITSELF],
  ]),
};
const USER_WITH_TOKEN_FILE: FieldRules = {
  known: ['token', 'tokenFile', 'extensions'],
  refused: new Map([...USER.refused].filter(([key]) => key !== 'tokenFile')),
};
const CONTEXT: FieldRules = { known: ['cluster', 'user', 'namespace', 'extensions'], refused: new Map() };

/**
 * Refuses a file that is not a kubeconfig of the one version there is, or says more than a kubeconfig can.
 */
export function checkRoot(root: Section): void {
  checkFields(root, ROOT);
  for (const [key, value] of [['apiVersion', 'v1'], ['kind', 'Config']] as const) {
    if (textField(root, key) === value) continue;
    const given = root.fields.has(key) ? 'it is another one' : 'it is missing';
    throw userError({ at: key, given, expected: show(value), fix: `write ${key}: ${value}, if this is a kubeconfig` });
  }
}

/**
 * The only entry of a list.
 */
export function onlyEntry(root: Section, list: string, body: string): Entry {
  const all = entries(root, list, body);
  const [only] = all;
  if (only && all.length === 1) return only;
  throw userError({
    at: list,
    given: `it has ${all.length} entries`,
    expected: 'exactly one, since a job can use every credential that it holds',
    fix: 'keep the one for this job: `kubectl config view --raw --minify --flatten`',
  });
}

/**
 * What a context stands for, with everything refused that a CI job must not use. Values are judged later, by their own rules.
 */
export function credentialParts(context: Entry, clusters: Entry[], users: Entry[], allowTokenFile = false): CredentialParts {
  const cluster = referred(context, 'cluster', clusters);
  const user = referred(context, 'user', users);
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
 * The entry that a context names.
 */
export function referred(context: Entry, key: string, all: Entry[]): Entry {
  const name = textField(context.body, key) ?? missing(context.body, key, `name one of the ${key}s`);
  return entryNamed(all, name, pathTo(context.body, key));
}

/**
 * The cluster without its file references, which are for the caller to resolve.
 */
export function clusterParts(cluster: Entry): ClusterParts {
  return {
    server: textField(cluster.body, 'server') ?? missing(cluster.body, 'server', 'give the address of the API server'),
    certificateAuthorityData: textField(cluster.body, 'certificate-authority-data'),
    tlsServerName: textField(cluster.body, 'tls-server-name'),
    proxyUrl: textField(cluster.body, 'proxy-url'),
  };
}

/**
 * Refuses a cluster whose connections are not verified. `false` says nothing and is let through.
 */
export function checkVerified(cluster: Entry): void {
  const key = 'insecure-skip-tls-verify';
  const reason = CLUSTER.refused.get(key);
  if (reason && (cluster.body.fields.get(key) ?? false) !== false) throw refused(cluster.body, key, reason);
}

function checkEntry(entry: Entry, body: string, rules: FieldRules): void {
  checkFields(entry.wrapper, { known: ['name', body], refused: new Map() });
  checkFields(entry.body, rules);
}

function checkFields(of: Section, rules: FieldRules): void {
  for (const [key, value] of of.fields) {
    const reason = rules.refused.get(key);
    if (reason && value !== false) throw refused(of, key, reason);
    if (!reason && !rules.known.includes(key)) throw unknown(of, key, rules);
  }
}

function refused(of: Section, key: string, reason: Reason): Error {
  return userError({ at: of.at, given: `it has ${key}`, expected: reason.expected, fix: reason.fix });
}

function unknown(of: Section, key: string, rules: FieldRules): Error {
  const given = /^[A-Za-z-]{1,40}$/.test(key) ? `it has the unknown field ${shown(key)}` : 'it has an unknown field';
  return userError({ at: of.at, given, expected: `only ${rules.known.join(', ')}`, fix: 'correct its name or remove it: kubectl would ignore it silently' });
}

function missing(of: Section, key: string, fix: string): never {
  throw userError({ at: pathTo(of, key), given: 'it is missing', expected: 'text', fix });
}
