import type { Owner } from './owner';
import { ObjectProblem, ReleaseRejected } from './refusals';
import type { ReleaseObject } from './release';
import { JsonObject } from '../../../base/json';
import { parseApiVersion } from '../../../kubernetes/api-version';
import { kindName, resourceOf } from '../../../kubernetes/kinds';
import type { ApiResource, KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';

/**
 * An object of a release and where it goes.
 */
export interface Target {
  readonly object: ReleaseObject;
  /** The plural, as in paths. */
  readonly resource: string;
  readonly path: string;
  /** The object with the owner's mark, as it is applied. */
  readonly applied: JsonObject;
}

/**
 * Where objects go. The server is asked only when there are kinds that are not Kubernetes' own.
 *
 * @throws `ReleaseRejected` when it does not know them, or they are cluster-scoped.
 */
export async function targetsOf(cluster: KubernetesClient, objects: readonly ReleaseObject[], namespace: string, owner: Owner): Promise<Target[]> {
  const isCustom = ({ apiVersion, kind }: ReleaseObject) => resourceOf(apiVersion, kind) === undefined;
  const served = objects.some(isCustom) ? await cluster.resources() : [];
  const refusals: ObjectProblem[] = [];
  const targets = objects.flatMap((object) => {
    const resource = resourceOf(object.apiVersion, object.kind)?.resource ?? customResource(object, served, refusals);
    if (resource === undefined) return [];
    const { group, version } = parseApiVersion(object.apiVersion);
    return [{ object, resource, path: objectPath({ group, version, resource, namespace, name: object.name }), applied: owner.mark(object.value) }];
  });
  if (refusals.length > 0) throw new ReleaseRejected(refusals, objects.length);
  return targets;
}

function customResource(object: ReleaseObject, served: readonly ApiResource[], refusals: ObjectProblem[]): string | undefined {
  const { apiVersion, kind } = object;
  const found = served.find((resource) => resource.kind === kind && [resource.group, resource.version].filter((part) => part !== '').join('/') === apiVersion);
  if (found?.namespaced) return found.resource;
  const given = found ? `${kindName(apiVersion, kind)} is cluster-scoped` : `the cluster has no ${kind} in ${apiVersion}`;
  const fix = found ? 'move it to the manifests that an administrator applies' : 'correct it, or let an administrator install its custom resource definition';
  refusals.push({ object, given, fix });
  return undefined;
}
