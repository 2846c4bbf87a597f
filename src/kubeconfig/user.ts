import { Section, textField, pathTo } from './file';
import type { Json } from '../base/json';
import { userError, show } from '../base/user-error';

/**
 * The credential of a user in an administrator's kubeconfig.
 *
 * As in kubectl, a certificate or key in the kubeconfig overrides its file, and a token file overrides a token.
 */
export interface UserParts {
  readonly token?: string;
  readonly tokenFile?: string;
  /** Base64 of PEM. */
  readonly certificateData?: string;
  readonly certificateFile?: string;
  readonly keyData?: string;
  readonly keyFile?: string;
  readonly exec?: ExecParts;
}

const VALID_CREDENTIALS = 'use a user with a token, a client certificate or an exec plugin';
const PASSWORD = { expected: 'another credential, since Kubernetes 1.19 removed passwords', fix: VALID_CREDENTIALS };
const IMPERSONATION = { expected: 'no impersonation', fix: 'use a credential of that user' };
const REFUSED = new Map([
  ['auth-provider', { expected: 'an exec plugin, which replaced auth providers in Kubernetes 1.26', fix: VALID_CREDENTIALS }],
  ['username', PASSWORD],
  ['password', PASSWORD],
  ['as', IMPERSONATION],
  ['as-uid', IMPERSONATION],
  ['as-groups', IMPERSONATION],
  ['as-user-extra', IMPERSONATION],
]);

/**
 * Reads a user entry.
 *
 * @throws When it has no credential, an incomplete one, or fields that this project does not support.
 */
export function userParts(user: Section): UserParts {
  for (const [key, { expected, fix }] of REFUSED) {
    const value = user.fields.get(key);
    if (value !== undefined && value !== null && value !== '') throw userError({ at: user.at, given: `it has ${key}`, expected, fix });
  }
  if (textField(user, 'token') === '' && !textField(user, 'tokenFile')) {
    throw userError({ at: user.at, given: 'its token is empty', expected: 'a token', fix: 'log in to the cluster again' });
  }
  const parts = {
    token: filled(user, 'token'),
    tokenFile: filled(user, 'tokenFile'),
    certificateData: filled(user, 'client-certificate-data'),
    certificateFile: filled(user, 'client-certificate'),
    keyData: filled(user, 'client-key-data'),
    keyFile: filled(user, 'client-key'),
    exec: execParts(user),
  };
  checkComplete(user, parts);
  return parts;
}

function checkComplete(user: Section, { token, tokenFile, certificateData, certificateFile, keyData, keyFile, exec }: UserParts): void {
  const hasCertificate = (certificateData ?? certificateFile) !== undefined;
  if (hasCertificate !== ((keyData ?? keyFile) !== undefined)) {
    const given = hasCertificate ? 'it has a client certificate without its key' : 'it has a client key without its certificate';
    throw userError({ at: user.at, given, expected: 'both', fix: `add ${hasCertificate ? 'client-key-data' : 'client-certificate-data'}` });
  }
  if (hasCertificate || (token ?? tokenFile ?? exec) !== undefined) return;
  throw userError({ at: user.at, given: 'it has no credential', expected: 'a token, a client certificate or an exec plugin', fix: 'log in to the cluster' });
}

function filled(user: Section, key: string): string | undefined {
  return textField(user, key) || undefined;
}

/**
 * The exec plugin of a user: a program that prints a credential.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#ExecConfig
 */
export interface ExecParts {
  readonly apiVersion: ExecApiVersion;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: InteractiveMode;
}

export type ExecApiVersion = typeof VERSIONS[number];
export type InteractiveMode = typeof MODES[number];

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'] as const;
const MODES = ['IfAvailable', 'Never', 'Always'] as const;

/**
 * Reads the exec plugin of a user. Returns `undefined` for a user without one.
 */
function execParts(user: Section): ExecParts | undefined {
  const fields = user.fields.get('exec');
  if (fields === undefined || fields === null) return undefined;
  const at = pathTo(user, 'exec');
  if (!(fields instanceof Map)) throw userError({ at, given: 'it is not a mapping', expected: 'a mapping with command, apiVersion and interactiveMode', fix: 'let the tool that wrote it write it again' });
  const section = { at, fields };
  return {
    apiVersion: oneOf(section, 'apiVersion', VERSIONS),
    command: textField(section, 'command') || missing(section, 'command', 'name the program'),
    args: list(section, 'args').map((arg) => textIn(section, 'args', arg)),
    env: list(section, 'env').map((pair) => variable(section, pair)),
    installHint: textField(section, 'installHint'),
    provideClusterInfo: section.fields.get('provideClusterInfo') === true,
    interactiveMode: textField(section, 'interactiveMode') === undefined ? 'IfAvailable' : oneOf(section, 'interactiveMode', MODES),
  };
}

/**
 * Reads the extension of a cluster entry that is passed to the exec plugin unchanged.
 */
export function execExtension(cluster: Section): Json | undefined {
  const found = list(cluster, 'extensions').find((extension) => extension instanceof Map && extension.get('name') === 'client.authentication.k8s.io/exec');
  return found instanceof Map ? plain(found.get('extension')) : undefined;
}

function plain(value: unknown): Json {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value as Json;
}

function oneOf<T extends string>(section: Section, key: string, choices: readonly T[]): T {
  const value = textField(section, key);
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw userError({ at: pathTo(section, key), given: `it is ${show(value)}`, expected: choices.join(' or '), fix: 'update the plugin, and let it write the kubeconfig again' });
}

function list(section: Section, key: string): unknown[] {
  const value = section.fields.get(key) ?? [];
  if (Array.isArray(value)) return value;
  throw userError({ at: pathTo(section, key), given: 'it is not a list', expected: 'a list', fix: 'start each element with "- "' });
}

function variable(section: Section, pair: unknown): { name: string; value: string } {
  const fields: ReadonlyMap<string, unknown> = pair instanceof Map ? pair : new Map();
  return { name: textIn(section, 'env', fields.get('name')), value: textIn(section, 'env', fields.get('value')) };
}

function textIn(section: Section, key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw userError({ at: pathTo(section, key), given: 'an element is not text', expected: 'text', fix: 'quote numbers and booleans' });
}

function missing(section: Section, key: string, fix: string): never {
  throw userError({ at: pathTo(section, key), given: 'it is missing', expected: 'text', fix });
}
