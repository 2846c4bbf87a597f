import type { PullCredentials } from './credentials';
import { Auths, authEntry, authKey, isSameEntry } from './docker-config';
import type { ReleaseIdentity } from '../objects/release';

/**
 * A pull secret that several applications use: the credentials by registry, and which of them each application has put there.
 */
export interface SharedSecret {
  readonly auths: Auths;
  /** By the id of the application. */
  readonly users: ReadonlyMap<string, PullSecretUser>;
}

export interface PullSecretUser {
  readonly identity: ReleaseIdentity;
  /** Keys of `auths`, that of the last deployment at the end. */
  readonly registries: readonly string[];
}

/** Nobody has made it yet. */
export const NO_SECRET: SharedSecret = { auths: {}, users: new Map() };

/**
 * Whose credentials stand in the way of an application's own for the same registry: those of another project, or of nobody who is known.
 * An application of the same project has the same token, so the newer one counts.
 */
export function inTheWay({ auths, users }: SharedSecret, id: string, { identity, credentials }: Use): ReadonlyArray<PullSecretUser | undefined> {
  const key = authKey(credentials.registry);
  if (!(key in auths) || isSameEntry(auths[key], credentials)) return [];
  const sharing = [...users].filter(([, { registries }]) => registries.includes(key));
  if (sharing.length === 0) return [undefined];
  return sharing.filter(([other, user]) => other !== id && user.identity.project !== identity.project).map(([, user]) => user);
}

/**
 * What an application uses a pull secret for.
 */
export interface Use {
  readonly identity: ReleaseIdentity;
  readonly credentials: PullCredentials;
}

/**
 * With the credentials of an application. What it had for other registries stays: pods of its last release may still need it.
 */
export function withUse({ auths, users }: SharedSecret, id: string, { identity, credentials }: Use): SharedSecret {
  const key = authKey(credentials.registry);
  const registries = [...(users.get(id)?.registries ?? []).filter((registry) => registry !== key), key];
  const entry = isSameEntry(auths[key], credentials) ? auths[key] ?? {} : authEntry(credentials);
  return { auths: { ...auths, [key]: entry }, users: new Map([...users, [id, { identity, registries }]]) };
}

/**
 * Without what only this application has put there.
 *
 * @param keep Keys of `auths` that it goes on using.
 */
export function withoutUse({ auths, users }: SharedSecret, id: string, keep: readonly string[] = []): SharedSecret {
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
 * As it was for an application before its use, apart from what others have changed since.
 *
 * @param former What was there before.
 */
export function withFormerUse(now: SharedSecret, id: string, { credentials }: Pick<Use, 'credentials'>, former: SharedSecret): SharedSecret {
  const key = authKey(credentials.registry);
  const [entry, user] = [former.auths[key], former.users.get(id)];
  const auths = entry !== undefined && isSameEntry(now.auths[key], credentials) ? { ...now.auths, [key]: entry } : now.auths;
  const rest = withoutUse({ auths, users: now.users }, id, user?.registries);
  const foreign = entry === undefined ? {} : { [key]: auths[key] ?? entry };
  return { auths: { ...rest.auths, ...foreign }, users: user ? new Map([...rest.users, [id, user]]) : rest.users };
}

/**
 * With the use of one application as that of another. What the other one has put there already stays.
 */
export function withRenamedUser<T extends SharedSecret>(secret: T, from: string, to: { readonly id: string; readonly identity: ReleaseIdentity }): T {
  const { id, identity } = to;
  const user = secret.users.get(from);
  if (!user) return secret;
  const registries = [...new Set([...user.registries, ...secret.users.get(id)?.registries ?? []])];
  const others = [...secret.users].filter(([other]) => other !== from && other !== id);
  return { ...secret, users: new Map([...others, [id, { identity, registries }]]) };
}

/**
 * Whether nobody needs it: no application, and no credentials that somebody else has put there.
 */
export function isUnused({ auths, users }: SharedSecret): boolean {
  return users.size === 0 && Object.keys(auths).length === 0;
}

export function isSame(one: SharedSecret, other: SharedSecret): boolean {
  const text = ({ auths, users }: SharedSecret) => JSON.stringify([Object.entries(auths).sort(), [...users].sort()]);
  return text(one) === text(other);
}
