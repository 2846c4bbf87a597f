import type { KubernetesClient } from './kubernetes-client';
import { ApiError } from './status';
import type { JsonObject } from '../../base/json';

/**
 * Reads an object. `undefined` when the object does not exist or the server does not serve its kind.
 */
export async function find(cluster: KubernetesClient, path: string): Promise<JsonObject | undefined> {
  try {
    return await cluster.get(path);
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

/**
 * The version of the API server, such as `v1.34.2`. `undefined` when the server does not say it.
 */
export async function serverVersion(cluster: KubernetesClient): Promise<string | undefined> {
  try {
    const { gitVersion } = await cluster.get('/version');
    return typeof gitVersion === 'string' ? gitVersion : undefined;
  } catch (error) {
    if (error instanceof ApiError && [403, 404].includes(error.code)) return undefined;
    throw error;
  }
}

/**
 * The resourceVersion of an object that does not exist. A server-side apply with it creates the object, or fails with 409 when the object
 * exists. Existing objects have higher versions; "0" and "" would check nothing.
 */
export const ABSENT_VERSION = '1';
