import type { OwnedObject } from './release';
import type { JsonObject } from '../../../base/json';
import { parseApiVersion } from '../../../kubernetes/api-version';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';

/**
 * The path of an object of a release.
 */
export function pathOf({ apiVersion, resource, name }: Omit<OwnedObject, 'uid'>, namespace: string): string {
  return objectPath({ ...parseApiVersion(apiVersion), resource, namespace, name });
}

/**
 * The object in the cluster that has the name of an object of a release. Nothing when there is none, or its kind is no longer served.
 */
export async function findLive(cluster: KubernetesClient, namespace: string, object: Omit<OwnedObject, 'uid'>): Promise<JsonObject | undefined> {
  return find(cluster, pathOf(object, namespace));
}
