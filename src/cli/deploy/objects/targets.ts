import { fieldAt } from './fields';
import { ObjectProblem, ReleaseRejected } from './object-problems';
import type { Owner } from './owner';
import { objectKey } from './release';
import type { OwnedObject, ReleaseObject } from './release';
import { JsonObject } from '../../../base/json';
import { scaleTargetOf } from '../../../kubernetes/autoscaling';
import { kindName, parseApiVersion, resourceOf } from '../../../kubernetes/kinds';
import { find } from '../../cluster/find';
import type { ApiResource, KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';

/**
 * An object of a release and its path in the API.
 */
export interface Target {
  readonly object: ReleaseObject;
  /** The plural, as in paths. */
  readonly resource: string;
  readonly path: string;
  /** The object with the owner's labels and annotations. */
  readonly applied: JsonObject;
  /** Whether an autoscaler sets `spec.replicas`, which the manifest omits. The live number then stays. */
  readonly leavesReplicas?: boolean;
}

/**
 * Finds the API path of each object. Only custom resources need a request: discovery.
 *
 * @throws `ReleaseRejected` when the cluster does not serve a kind, or a kind is cluster-scoped.
 */
export async function targetsOf(cluster: KubernetesClient, objects: readonly ReleaseObject[], namespace: string, owner: Owner): Promise<Target[]> {
  const isCustom = ({ apiVersion, kind }: ReleaseObject) => resourceOf(apiVersion, kind) === undefined;
  const served = objects.some(isCustom) ? await cluster.resources() : [];
  const problems: ObjectProblem[] = [];
  const scaled = new Set(objects.flatMap(({ value }) => scaleTargetOf(value) ?? []).map(objectKey));
  const targets = objects.flatMap((object) => {
    const resource = resourceOf(object.apiVersion, object.kind)?.resource ?? customResource(object, served, problems);
    if (resource === undefined) return [];
    const leavesReplicas = scaled.has(objectKey(object)) && (fieldAt(object.value, 'spec', 'replicas') ?? undefined) === undefined;
    return [{ object, resource, path: pathOf({ ...object, resource }, namespace), applied: owner.mark(object.value), leavesReplicas }];
  });
  if (problems.length > 0) throw new ReleaseRejected(problems, objects.length);
  return targets;
}

function customResource(object: ReleaseObject, served: readonly ApiResource[], problems: ObjectProblem[]): string | undefined {
  const { apiVersion, kind } = object;
  const found = served.find((resource) => resource.kind === kind && [resource.group, resource.version].filter((part) => part !== '').join('/') === apiVersion);
  if (found?.namespaced) return found.resource;
  const given = found ? `${kindName(apiVersion, kind)} is cluster-scoped` : `the cluster has no ${kind} in ${apiVersion}`;
  const fix = found ? 'move it to the manifests that an administrator applies' : `${servedVersions(object, served)}let an administrator install its custom resource definition`;
  problems.push({ object, given, fix });
  return undefined;
}

/** The first part of the remedy: the versions that the cluster serves, if any. */
function servedVersions({ kind }: ReleaseObject, served: readonly ApiResource[]): string {
  const versions = served.filter((resource) => resource.kind === kind && resource.namespaced).map(({ group, version }) => [group, version].filter((part) => part !== '').join('/'));
  return versions.length > 0 ? `use ${[...new Set(versions)].join(' or ')}, or ` : 'correct a misspelled kind or apiVersion, or ';
}

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
