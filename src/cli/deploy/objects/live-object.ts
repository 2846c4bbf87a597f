import type { JsonObject } from '../../../base/json';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import type { OwnedObject } from '../objects/release';

/**
 * The path of an object of a release.
 */
export function pathOf({ apiVersion, resource, name }: Omit<OwnedObject, 'uid'>, namespace: string): string {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return objectPath({ group, version, resource, namespace, name });
}

/**
 * The object in the cluster that has the name of an object of a release. Nothing when there is none, or its kind is no longer served.
 */
export async function findLive(cluster: KubernetesClient, namespace: string, object: Omit<OwnedObject, 'uid'>): Promise<JsonObject | undefined> {
  return find(cluster, pathOf(object, namespace));
}
