import { isObject, Json, JsonObject } from '../../../base/json';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { Release } from '../deployment-plan';
import { lastDeployed, ReleaseHistory } from '../history/history';
import type { ReleaseStore } from '../history/release-store';
import { numberAt } from '../objects/fields';
import { isJob } from '../objects/jobs';
import { objectKey, ReleaseObject } from '../objects/release';
import { lookUp } from '../prune/leftovers';

/**
 * The release without Jobs that ran with the last one, have not changed, and are gone because the cluster removes them when they have ended
 * (`ttlSecondsAfterFinished`): applied again, they would run again with every deploy. They still belong to it.
 */
export async function withoutFinishedJobs(
  cluster: KubernetesClient, namespace: string, store: ReleaseStore, history: ReleaseHistory | undefined, release: Release,
): Promise<Release> {
  const last = lastDeployed(history);
  const passing = release.objects.filter(mayBeFinished);
  if (!last || passing.length === 0) return release;
  const { objects: before } = await store.manifests(last);
  const same = passing.filter((object) => before.some((other) => isSame(object, other)));
  const gone = await Promise.all(same.map(async (object) => (await lookUp(cluster, namespace, { ...object, resource: 'jobs' }) ? [] : [object])));
  const finished = gone.flat();
  return {
    ...release,
    objects: release.objects.filter((object) => !finished.includes(object)),
    untouched: [...release.untouched ?? [], ...finished.map((object) => ({ ...object, resource: 'jobs' }))],
  };
}

/**
 * Whether it is a Job that the cluster removes when it has ended.
 */
export function mayBeFinished(object: ReleaseObject): boolean {
  return isJob(object) && numberAt(object.value, 'spec', 'ttlSecondsAfterFinished') !== undefined;
}

function isSame(a: ReleaseObject, b: ReleaseObject): boolean {
  return objectKey(a) === objectKey(b) && sorted(a.value) === sorted(b.value);
}

/** The same for the same content, in whatever order its fields are. */
function sorted(value: Json): string {
  const inOrder = (inner: JsonObject) => Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(value, (_, inner: Json) => (isObject(inner) ? inOrder(inner) : inner));
}
