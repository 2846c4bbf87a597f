import type { Access } from './access';
import { isObject, JsonObject } from '../../base/json';
import { find } from '../cluster/find';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { pathOfObject } from '../cluster/paths';
import type { StepLog } from '../io/step-log';

/**
 * Has the API server check every object without storing it. What it would refuse (rights that the administrator lacks, a RoleBinding that
 * would have to change its role) it refuses here, before anything is there.
 *
 * Objects of a namespace that does not exist yet cannot be checked.
 *
 * @returns Whether all of them were.
 */
export async function tryAccess(cluster: KubernetesClient, { objects }: Access): Promise<boolean> {
  const all = await exists(cluster, objects);
  for (const object of all ? objects : objects.filter(({ kind }) => kind === 'Namespace')) {
    await cluster.apply(pathOfObject(object), object, { dryRun: true });
  }
  return all;
}

/**
 * Applies the objects in their order, a Namespace that was not there first, and the rest only after the server has checked it.
 */
export async function applyAccess(cluster: KubernetesClient, access: Access, steps: StepLog): Promise<void> {
  const [namespaces, others] = [access.objects.filter(isNamespace), access.objects.filter((object) => !isNamespace(object))];
  for (const object of namespaces) await applyOne(cluster, object, steps);
  if (namespaces.length > 0) await tryAccess(cluster, access);
  for (const object of others) await applyOne(cluster, object, steps);
}

/**
 * `RoleBinding example/gitlab-example-admin`.
 */
export function objectInWords({ kind, metadata }: JsonObject): string {
  const { namespace, name } = isObject(metadata) ? metadata : {};
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

async function applyOne(cluster: KubernetesClient, object: JsonObject, steps: StepLog): Promise<void> {
  const before = await found(cluster, pathOfObject(object));
  const after = await cluster.apply(pathOfObject(object), object);
  const unchanged = before !== undefined && before === versionOf(after);
  steps.did(`${objectInWords(object)}: ${before === undefined ? 'created' : unchanged ? 'there, unchanged' : 'changed'}`);
}

async function exists(cluster: KubernetesClient, objects: readonly JsonObject[]): Promise<boolean> {
  const namespace = objects.find(isNamespace);
  return !namespace || await found(cluster, pathOfObject(namespace)) !== undefined;
}

async function found(cluster: KubernetesClient, path: string): Promise<string | undefined> {
  const object = await find(cluster, path);
  return object && versionOf(object);
}

function versionOf({ metadata }: JsonObject): string {
  return String(isObject(metadata) ? metadata.resourceVersion : '');
}

function isNamespace({ kind }: JsonObject): boolean {
  return kind === 'Namespace';
}
