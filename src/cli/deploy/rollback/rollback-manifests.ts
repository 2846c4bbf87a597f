import { resourceOf } from '../../../kubernetes/kinds';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { NextObject, RecordedManifests, WithheldObject } from '../history/history';
import { checkObject } from '../manifests/check-object';
import { isJob } from '../objects/jobs';
import { findLive } from '../objects/live-object';
import { appliedFields, applierAmong, extract } from '../objects/managed-fields';
import { Problems } from '../objects/object-problems';
import type { Owner } from '../objects/owner';
import type { ReleaseObject } from '../objects/release';
import type { Release } from '../plan/plan';

/**
 * Checks recorded objects like those of files, because everyone who may write Secrets can write a record. Their images were checked when they were
 * deployed.
 *
 * @param allowedRegistries The registries that images must come from. By default any.
 */
export function checkedObjects({ objects }: RecordedManifests, namespace: string, allowedRegistries?: readonly string[]): ReleaseObject[] {
  const problems = new Problems();
  const rules = { namespace, images: { allowMutableTag: true, allowedRegistries }, variables: {} };
  const checked = objects.flatMap(({ at, value }) => checkObject(at, value, rules, problems) ?? []);
  problems.check('the recorded manifests; nothing was written');
  return checked;
}

export interface RollbackManifestsOptions {
  readonly namespace: string;
  readonly owner: Owner;
  /** The registries that images must come from. By default any. */
  readonly allowedRegistries?: readonly string[];
}

/**
 * The recorded objects that a rollback applies again, and those that stay as they are: Jobs do not run again, values of Secrets are not recorded, and
 * RBAC is never applied from a record.
 */
export async function rollbackManifests(
  cluster: KubernetesClient, manifests: RecordedManifests, { namespace, owner, allowedRegistries }: RollbackManifestsOptions,
): Promise<Required<Pick<Release, 'objects' | 'untouched'>>> {
  const checked = checkedObjects(manifests, namespace, allowedRegistries);
  const withheld = await Promise.all(manifests.withheld.map(async (object) => untouchedObject(cluster, namespace, owner, object)));
  const jobs = checked.filter(isJob).map((object) => ({ ...object, resource: 'jobs' }));
  return { objects: checked.filter((object) => !isJob(object)), untouched: [...jobs, ...withheld.flat()] };
}

/** The live object, for the record of the rollback. */
async function untouchedObject(
  cluster: KubernetesClient, namespace: string, owner: Owner, { apiVersion, kind, name }: WithheldObject,
): Promise<NextObject[]> {
  const resource = resourceOf(apiVersion, kind)?.resource;
  if (resource === undefined) return [];
  const live = await findLive(cluster, namespace, { apiVersion, kind, name, resource });
  const manager = live && applierAmong(live, new Set([owner.manager, ...owner.formerManagers]));
  const fields = live && manager !== undefined && appliedFields(live, manager);
  if (!live || !fields || owner.of(live) !== 'ours') return [];
  return [{ at: `${kind} ${name} in the cluster`, apiVersion, kind, name, resource, value: extract(live, fields) }];
}
