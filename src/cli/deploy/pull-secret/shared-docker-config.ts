import type { PullCredentials } from './options';
import { isObject, Json, JsonObject } from '../../../base/json';
import type { ReleaseIdentity } from '../objects/release';

/**
 * The content of a pull secret that several applications share.
 */
export interface SharedDockerConfig {
  /**
   * Credentials by registry, as the kubelet reads them: a host with an optional path, for all images below it.
   *
   * @see https://kubernetes.io/docs/concepts/containers/images/#config-json
   */
  readonly auths: JsonObject;
  /** By the id of the application. */
  readonly users: ReadonlyMap<string, PullSecretUser>;
}

export interface PullSecretUser {
  readonly identity: ReleaseIdentity;
  /** Keys of `auths` that this application wrote. The last one is of its last deployment. */
  readonly registries: readonly string[];
}

export const EMPTY_CONFIG: SharedDockerConfig = { auths: {}, users: new Map() };

/**
 * The credentials that an application writes.
 */
export interface Use {
  readonly identity: ReleaseIdentity;
  readonly credentials: PullCredentials;
}

/**
 * The key under which the kubelet finds the credentials of a registry.
 */
export function authKey(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

/** The credentials of one registry, as `kubectl create secret docker-registry` writes them. */
function authEntry({ username, password }: PullCredentials): JsonObject {
  return { username, password, auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

/** Whether an entry has the same user and password, in either form. */
function isSameEntry(entry: Json | undefined, credentials: PullCredentials): boolean {
  if (!isObject(entry)) return false;
  const { auth, username, password } = authEntry(credentials);
  return typeof entry.auth === 'string' && entry.auth !== '' ? entry.auth === auth : entry.username === username && entry.password === password;
}

/**
 * The users with other credentials for the same registry: applications of other projects, or `undefined` for an unknown owner. Applications of one
 * project have the same token, so the newer one counts.
 */
export function conflictingUsers(
  { auths, users }: SharedDockerConfig, id: string, { identity, credentials }: Use,
): ReadonlyArray<PullSecretUser | undefined> {
  const key = authKey(credentials.registry);
  if (!(key in auths) || isSameEntry(auths[key], credentials)) return [];
  const sharing = [...users].filter(([, { registries }]) => registries.includes(key));
  if (sharing.length === 0) return [undefined];
  return sharing.filter(([other, user]) => other !== id && user.identity.project !== identity.project).map(([, user]) => user);
}

/**
 * Adds the credentials of an application. Its credentials for other registries stay: pods of its last release may still need them.
 */
export function withUse({ auths, users }: SharedDockerConfig, id: string, { identity, credentials }: Use): SharedDockerConfig {
  const key = authKey(credentials.registry);
  const registries = [...(users.get(id)?.registries ?? []).filter((registry) => registry !== key), key];
  const entry = isSameEntry(auths[key], credentials) ? auths[key] ?? {} : authEntry(credentials);
  return { auths: { ...auths, [key]: entry }, users: new Map([...users, [id, { identity, registries }]]) };
}

/**
 * Removes the credentials that only this application uses.
 *
 * @param keep Keys of `auths` that it still uses.
 */
export function withoutUse({ auths, users }: SharedDockerConfig, id: string, keep: readonly string[] = []): SharedDockerConfig {
  const user = users.get(id);
  if (!user) return { auths, users };
  const kept = user.registries.filter((registry) => keep.includes(registry));
  const others = [...users].filter(([other]) => other !== id);
  const needed = new Set([...kept, ...others.flatMap(([, { registries }]) => registries)]);
  const own = new Set(user.registries);
  return {
    auths: Object.fromEntries(Object.entries(auths).filter(([registry]) => needed.has(registry) || !own.has(registry))),
    users: new Map(kept.length > 0 ? [...others, [id, { ...user, registries: kept }]] : others),
  };
}

/**
 * Restores the credentials that an application had before. Changes of other applications stay.
 *
 * @param former The content before the application wrote its credentials.
 */
export function withFormerUse(now: SharedDockerConfig, id: string, { credentials }: Pick<Use, 'credentials'>, former: SharedDockerConfig): SharedDockerConfig {
  const key = authKey(credentials.registry);
  const [entry, user] = [former.auths[key], former.users.get(id)];
  const auths = entry !== undefined && isSameEntry(now.auths[key], credentials) ? { ...now.auths, [key]: entry } : now.auths;
  const rest = withoutUse({ auths, users: now.users }, id, user?.registries);
  const restored = entry === undefined ? {} : { [key]: auths[key] ?? entry };
  return { auths: { ...rest.auths, ...restored }, users: user ? new Map([...rest.users, [id, user]]) : rest.users };
}

/**
 * Renames the use of one application to another one, and adds it to what that one uses already.
 */
export function withRenamedUser<T extends SharedDockerConfig>(
  secret: T, from: string, { id, identity }: { readonly id: string; readonly identity: ReleaseIdentity },
): T {
  const user = secret.users.get(from);
  if (!user) return secret;
  const registries = [...new Set([...user.registries, ...secret.users.get(id)?.registries ?? []])];
  const others = [...secret.users].filter(([other]) => other !== from && other !== id);
  return { ...secret, users: new Map([...others, [id, { identity, registries }]]) };
}

/**
 * Whether it has no users and no credentials.
 */
export function isUnused({ auths, users }: SharedDockerConfig): boolean {
  return users.size === 0 && Object.keys(auths).length === 0;
}

export function isSame(one: SharedDockerConfig, other: SharedDockerConfig): boolean {
  const text = ({ auths, users }: SharedDockerConfig) => JSON.stringify([Object.entries(auths).sort(), [...users].sort()]);
  return text(one) === text(other);
}
