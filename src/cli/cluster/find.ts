import type { KubernetesClient } from './kubernetes-client';
import { ApiError } from './status';
import type { JsonObject } from '../../base/json';

/**
 * An object, or nothing when it does not exist or its kind is not served.
 */
export async function find(cluster: KubernetesClient, path: string): Promise<JsonObject | undefined> {
  try {
    return await cluster.get(path);
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
