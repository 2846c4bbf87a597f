import { pathTo, Section, textField } from './file';
import type { Json } from '../base/json';
import { userError, show } from '../base/user-error';

/**
 * How a credential plugin is called.
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
 * The exec plugin of a user, or nothing.
 */
export function execParts(user: Section): ExecParts | undefined {
  const fields = user.fields.get('exec');
  if (fields === undefined || fields === null) return undefined;
  const at = pathTo(user, 'exec');
  if (!(fields instanceof Map)) throw userError({ at, given: 'it is not a mapping', expected: 'command, apiVersion and interactiveMode', fix: 'correct it' });
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
 * What the kubeconfig has for the plugin of a cluster, to be handed over as it is.
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
  throw userError({ at: pathTo(section, key), given: `it is ${show(value)}`, expected: choices.join(' or '), fix: 'update the plugin and what it wrote' });
}

function list(section: Section, key: string): unknown[] {
  const value = section.fields.get(key) ?? [];
  if (Array.isArray(value)) return value;
  throw userError({ at: pathTo(section, key), given: 'it is not a list', expected: 'a list', fix: 'correct it' });
}

function variable(section: Section, pair: unknown): { name: string; value: string } {
  const fields: ReadonlyMap<string, unknown> = pair instanceof Map ? pair : new Map();
  return { name: textIn(section, 'env', fields.get('name')), value: textIn(section, 'env', fields.get('value')) };
}

function textIn(section: Section, key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw userError({ at: pathTo(section, key), given: 'something in it is not text', expected: 'text', fix: 'quote it' });
}

function missing(section: Section, key: string, fix: string): never {
  throw userError({ at: pathTo(section, key), given: 'it is missing', expected: 'text', fix });
}
