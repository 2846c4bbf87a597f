import type { PullCredentials } from './credentials';
import { isObject, Json, JsonObject } from '../../../base/json';

/** Where a Secret of type `kubernetes.io/dockerconfigjson` has its value. */
export const DOCKER_CONFIG_KEY = '.dockerconfigjson';

export const DOCKER_CONFIG_TYPE = 'kubernetes.io/dockerconfigjson';

/**
 * Credentials by registry, as the kubelet reads them: a host, and a path below which they count.
 *
 * @see https://kubernetes.io/docs/concepts/containers/images/#config-json
 */
export type Auths = JsonObject;

/**
 * The name under which the kubelet finds the credentials of a registry.
 */
export function authKey(registry: string): string {
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

/**
 * The credentials of one registry, as `kubectl create secret docker-registry` writes them.
 */
export function authEntry({ username, password }: PullCredentials): JsonObject {
  return { username, password, auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

/**
 * Whether an entry has the same user and password, in either spelling.
 */
export function isSameEntry(entry: Json | undefined, credentials: PullCredentials): boolean {
  if (!isObject(entry)) return false;
  const { auth, username, password } = authEntry(credentials);
  return typeof entry.auth === 'string' && entry.auth !== '' ? entry.auth === auth : entry.username === username && entry.password === password;
}

/**
 * The credentials in the value of a Secret; nothing when it cannot be read.
 */
export function parseDockerConfig(base64: string): Auths | undefined {
  try {
    const config = JSON.parse(Buffer.from(base64, 'base64').toString()) as Json;
    const auths = isObject(config) ? config.auths ?? {} : undefined;
    return isObject(auths) ? auths : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The value of a Secret with these credentials.
 */
export function dockerConfig(auths: Auths): string {
  return Buffer.from(JSON.stringify({ auths })).toString('base64');
}
