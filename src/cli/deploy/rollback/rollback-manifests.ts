import { resourceOf } from '../../../kubernetes/kinds';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { NextObject, RecordedManifests, WithheldObject } from '../history/history';
import { checkObject } from '../manifests/check-object';
import { isJob } from '../objects/jobs';
import { appliedFields, applierAmong, extract } from '../objects/managed-fields';
import { Problems } from '../objects/object-problems';
import type { Owner } from '../objects/owner';
import type { ReleaseObject } from '../objects/release';
import { lookUp } from '../prune/leftovers';

/**
 * The objects of a record after the same checks as those of files, for whoever can write Secrets can write a record. Which images may be deployed
 * was decided when they were.
 *
 * @param allowedRegistries Where images must be from all the same; by default anywhere.
 */
export function checkedObjects({ objects }: RecordedManifests, namespace: string, allowedRegistries?: readonly string[]): ReleaseObject[] {
  const problems = new Problems();
  const rules = { namespace, images: { allowMutableTag: true, allowedRegistries }, variables: {} };
  const checked = objects.flatMap(({ at, value }) => checkObject(at, value, rules, problems) ?? []);
  problems.check('the recorded manifests; nothing was written');
  return checked;
}

/**
 * A release of the record as it can come back: what is applied again, and what stays as it is now. Jobs are not run again; of Secrets the record
 * has no values; RBAC is never applied from it.
 */
export interface Return {
  readonly objects: readonly ReleaseObject[];
  readonly untouched: readonly NextObject[];
}

export interface ReturnOptions {
  readonly namespace: string;
  readonly owner: Owner;
  /** Where its images must be from; by default anywhere. */
  readonly allowedRegistries?: readonly string[];
}

/**
 * @param manifests Of the release that is to come back.
 */
export async function returnOf(cluster: KubernetesClient, options: ReturnOptions, manifests: RecordedManifests): Promise<Return> {
  const { namespace, owner, allowedRegistries } = options;
  const checked = checkedObjects(manifests, namespace, allowedRegistries);
  const withheld = await Promise.all(manifests.withheld.map(async (object) => untouchedObject(cluster, namespace, owner, object)));
  const jobs = checked.filter(isJob).map((object) => ({ ...object, resource: 'jobs' }));
  return { objects: checked.filter((object) => !isJob(object)), untouched: [...jobs, ...withheld.flat()] };
}

/** As it is in the cluster, so that the record of the release that comes back knows it as well. */
async function untouchedObject(
  cluster: KubernetesClient, namespace: string, owner: Owner, { apiVersion, kind, name }: WithheldObject,
): Promise<NextObject[]> {
  const resource = resourceOf(apiVersion, kind)?.resource;
  if (resource === undefined) return [];
  const live = await lookUp(cluster, namespace, { apiVersion, kind, name, resource });
  const manager = live && applierAmong(live, new Set([owner.manager, ...owner.formerManagers]));
  const fields = live && manager !== undefined && appliedFields(live, manager);
  if (!live || !fields || owner.of(live) !== 'ours') return [];
  return [{ at: `${kind} ${name} in the cluster`, apiVersion, kind, name, resource, value: extract(live, fields) }];
}
