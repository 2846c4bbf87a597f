import type { Cluster } from './cluster';
import { ApiRefusal } from './status';
import type { JsonObject } from '../../base/json';

/**
 * An object, or nothing when it does not exist or its kind is not served.
 */
export async function find(cluster: Cluster, path: string): Promise<JsonObject | undefined> {
  try {
    return await cluster.get(path);
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 404) return undefined;
    throw error;
  }
}
