import { isObject, Json } from '../../base/json';

/**
 * GitLab's API, as one token reaches it. It retries temporary errors within a time budget.
 *
 * Every method throws `GitlabError` when GitLab rejects the request, and `HttpError` when another server answers. It throws `Unreachable` when
 * the result is unknown: no connection, a timeout, or a temporary error (408, 429, 5xx, which is then its `cause`).
 */
export interface Gitlab {
  /** The root URL, for people: `https://gitlab.example.com`. */
  readonly url: string;
  /** The version, such as `17.4.2-ee`. `undefined` when GitLab does not show it to this token. */
  release(): Promise<string | undefined>;
  /** The token itself. `undefined` before GitLab 15.5, and for tokens that are not access tokens. */
  token(): Promise<GitlabToken | undefined>;
  /** @param name An id or a full path. */
  owner(kind: GitlabOwner['kind'], name: string): Promise<GitlabOwner>;
  /** All variables of a project or group. */
  variables(owner: OwnerId): Promise<GitlabVariable[]>;
  /** Creates a variable, hidden where GitLab supports it. GitLab rejects a second one with the same key and scope, also after a lost response. */
  create(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable>;
  /** Updates a variable. A hidden variable stays hidden. */
  update(owner: OwnerId, variable: NewVariable): Promise<GitlabVariable>;
  /** Resolves to whether the variable existed. */
  delete(owner: OwnerId, variable: VariableId): Promise<boolean>;
  close(): void;
}

/**
 * An access token.
 */
export interface GitlabToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly active: boolean;
  /** `YYYY-MM-DD`. `undefined` when it never expires. */
  readonly expiresAt?: string;
}

/**
 * The id of a project or group.
 */
export interface OwnerId {
  readonly kind: 'project' | 'group';
  readonly id: number;
}

/**
 * A project or group that owns variables.
 */
export interface GitlabOwner extends OwnerId {
  /** The full path: `example-group/site`. */
  readonly path: string;
  /** The parent group, if there is one. */
  readonly groupId?: number;
}

/**
 * The key and scope of a variable, which are unique in its owner.
 */
export interface VariableId {
  readonly key: string;
  /** `*` for every environment. */
  readonly environmentScope: string;
}

/**
 * A CI/CD variable without its value.
 */
export interface GitlabVariable extends VariableId {
  readonly type: VariableType;
  readonly protected: boolean;
  readonly masked: boolean;
  readonly hidden: boolean;
}

/** In a job, a `file` variable contains the path of a file with the value. */
export type VariableType = 'file' | 'env_var';

/**
 * A variable to write. It is always masked, and GitLab does not expand references in it.
 */
export interface NewVariable extends VariableId {
  readonly type: VariableType;
  readonly value: string;
  readonly protected: boolean;
}

/**
 * Whether a GitLab release is at least a minimum. `undefined` when the release is unknown.
 *
 * @param release `17.4.2-ee`.
 * @param minimum `17.4`.
 */
export function isAtLeast(release: string | undefined, minimum: string): boolean | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const [minimumMajor, minimumMinor] = minimum.split('.').map(Number);
  return Number(major) === minimumMajor ? Number(minor) >= Number(minimumMinor) : Number(major) > Number(minimumMajor);
}

/**
 * Reads a token from a response. `undefined` when the response has another form. The functions below do the same.
 */
export function tokenOf(json: Json | undefined): GitlabToken | undefined {
  if (!isObject(json) || typeof json.name !== 'string' || !Array.isArray(json.scopes)) return undefined;
  const { name, scopes, active, expires_at: expiresAt } = json;
  return { name, scopes: scopes.map(String), active: active !== false, ...(typeof expiresAt === 'string' ? { expiresAt } : {}) };
}

/**
 * Reads a project or group. The group of a project is its namespace, the group of a group its parent.
 */
export function ownerOf(kind: GitlabOwner['kind'], json: Json | undefined): GitlabOwner | undefined {
  if (!isObject(json) || typeof json.id !== 'number') return undefined;
  const path = kind === 'project' ? json.path_with_namespace : json.full_path;
  const groupId = kind === 'project' ? groupOf(json.namespace) : json.parent_id;
  if (typeof path !== 'string') return undefined;
  return { kind, id: json.id, path, ...(typeof groupId === 'number' ? { groupId } : {}) };
}

export function variableOf(json: Json | undefined): GitlabVariable | undefined {
  if (!isObject(json) || typeof json.key !== 'string') return undefined;
  const { key, variable_type: type, environment_scope: scope } = json;
  return {
    key,
    environmentScope: typeof scope === 'string' ? scope : '*',
    type: type === 'file' ? 'file' : 'env_var',
    protected: json.protected === true,
    masked: json.masked === true,
    hidden: json.hidden === true,
  };
}

export function variablesOf(json: Json | undefined): GitlabVariable[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const variables = json.map(variableOf);
  return variables.every((variable) => variable !== undefined) ? variables : undefined;
}

function groupOf(namespace: Json | undefined): Json | undefined {
  return isObject(namespace) && namespace.kind === 'group' ? namespace.id : undefined;
}
