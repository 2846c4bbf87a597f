import type { Access } from './access';
import { isObject, JsonObject } from '../../base/json';
import { find } from '../cluster/find';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { pathOfObject } from '../cluster/paths';
import type { StepLog } from '../io/step-log';

/**
 * Applies every object as a server-side dry run. The API server reports here what it would reject, before anything changes:
 * rights that the administrator lacks, or another role for an existing RoleBinding.
 *
 * @returns Whether the API server checked all objects. It can check only the Namespace when the namespace does not exist yet.
 */
export async function dryRunAccess(cluster: KubernetesClient, { objects }: Access): Promise<boolean> {
  const all = await namespaceExists(cluster, objects);
  for (const object of all ? objects : objects.filter(isNamespace)) {
    await cluster.apply(pathOfObject(object), object, { dryRun: true });
  }
  return all;
}

/**
 * Applies the objects in order. A Namespace in the manifests comes first; then a dry run checks the rest before it is applied.
 */
export async function applyAccess(cluster: KubernetesClient, access: Access, steps: StepLog): Promise<void> {
  const [namespaces, others] = [access.objects.filter(isNamespace), access.objects.filter((object) => !isNamespace(object))];
  for (const object of namespaces) await applyObject(cluster, object, steps);
  if (namespaces.length > 0) await dryRunAccess(cluster, access);
  for (const object of others) await applyObject(cluster, object, steps);
}

/**
 * `RoleBinding example/gitlab-example-admin`.
 */
export function objectName({ kind, metadata }: JsonObject): string {
  const { namespace, name } = isObject(metadata) ? metadata : {};
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

async function applyObject(cluster: KubernetesClient, object: JsonObject, steps: StepLog): Promise<void> {
  const before = await resourceVersionAt(cluster, pathOfObject(object));
  const after = await cluster.apply(pathOfObject(object), object);
  const isUnchanged = before !== undefined && before === resourceVersionOf(after);
  steps.did(`${objectName(object)}: ${before === undefined ? 'created' : isUnchanged ? 'unchanged' : 'changed'}`);
}

async function namespaceExists(cluster: KubernetesClient, objects: readonly JsonObject[]): Promise<boolean> {
  const namespace = objects.find(isNamespace);
  return !namespace || await find(cluster, pathOfObject(namespace)) !== undefined;
}

async function resourceVersionAt(cluster: KubernetesClient, path: string): Promise<string | undefined> {
  const object = await find(cluster, path);
  return object && resourceVersionOf(object);
}

function resourceVersionOf({ metadata }: JsonObject): string {
  return String(isObject(metadata) ? metadata.resourceVersion : '');
}

function isNamespace({ kind }: JsonObject): boolean {
  return kind === 'Namespace';
}
