import { BoundAccountOptions, checkBoundAccounts } from './bound-accounts';
import { dryRun } from './dry-run';
import { checkQuota, readHeadroom } from './quota';
import { isObject, Json, JsonObject } from '../../../base/json';
import type { Hook } from '../../../kubernetes/hooks';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { lastDeployed, NextObject, RecordedRelease, ReleaseHistory } from '../history/history';
import { checkOutdated } from '../history/pipeline-order';
import type { ReleaseStore } from '../history/release-store';
import { numberAt } from '../objects/fields';
import { hookOfJob, isJob } from '../objects/jobs';
import { bothChecked } from '../objects/object-problems';
import type { Owner } from '../objects/owner';
import type { PlannedChange } from '../objects/planned-change';
import { objectKey } from '../objects/release';
import type { DeployJob, ReleaseObject } from '../objects/release';
import { findLive, targetsOf } from '../objects/targets';
import { findPruneCandidates, notIn, planPrune, PruneOptions, Removal } from '../prune/prune';

export interface PlanOptions extends PruneOptions, BoundAccountOptions {
  readonly owner: Owner;
  readonly job: DeployJob;
  /** Whether objects without an owner become ours. */
  readonly adopt: boolean;
  /** Whether fields of other managers are taken over. */
  readonly forceConflicts: boolean;
  /** Whether an older pipeline may deploy. */
  readonly allowOutdated: boolean;
}

/**
 * A release to deploy.
 */
export interface Release {
  readonly objects: readonly ReleaseObject[];
  /** Objects that belong to the release and are not applied. */
  readonly untouched?: readonly NextObject[];
  /** The number of the earlier release that is applied again. */
  readonly rollbackOf?: number;
}

/**
 * The history of an application, and the store that it was read from.
 */
export interface CurrentHistory {
  readonly store: ReleaseStore;
  readonly history?: ReleaseHistory;
}

/**
 * All changes of a deployment, checked before the first write.
 */
export interface ReleasePlan<H extends CurrentHistory = CurrentHistory> {
  readonly release: Release;
  readonly changes: readonly PlannedChange[];
  /** Before this deployment. */
  readonly current: H;
  /** The newer release that this job rolls back, when an older pipeline's job runs again (GitLab's Rollback button). */
  readonly rollbackFrom?: RecordedRelease;
  readonly pruning: Removal;
}

/**
 * Plans a release: a server-side dry run of all objects, quota, ownership, outdated pipeline, and the objects to prune. Nothing is written.
 *
 * @param readHistory Is called when the dry run has begun.
 * @throws `ReleaseRejected` with the problems of all objects, or `Failure` with the reason against the release as a whole.
 */
export async function planRelease<H extends CurrentHistory>(
  cluster: KubernetesClient, wanted: Release, readHistory: () => Promise<H>, options: PlanOptions,
): Promise<ReleasePlan<H>> {
  const { namespace, owner, job, allowOutdated } = options;
  // The history decides which of these Jobs are applied. Without such Jobs, the dry run need not wait for it.
  const early = wanted.objects.some((object) => mayBeFinished(object) || runsWith(object) !== 'each deployment') ? undefined : planChanges(cluster, wanted.objects, options);
  early?.catch(() => undefined);
  const current = await readHistory();
  const { history } = current;
  const judgement = checkOutdated(history, job, allowOutdated || wanted.rollbackOf !== undefined);
  const release = await withoutFinishedJobs(cluster, namespace, current, withoutOtherHooks(wanted, lastDeployed(history) !== undefined));
  const [changes, candidates] = await Promise.all([
    early ?? planChanges(cluster, release.objects, options),
    findPruneCandidates(cluster, namespace, owner, notIn(history, [...release.objects, ...release.untouched ?? []])),
  ]);
  return {
    release,
    changes,
    current,
    rollbackFrom: judgement?.order === 'rollback' ? judgement.release : undefined,
    pruning: planPrune(candidates, history?.objects.length ?? 0, options),
  };
}

/**
 * The objects that the record of a planned release has.
 */
export function recordedObjects({ changes, release }: ReleasePlan): NextObject[] {
  return [...changes.map(({ object, resource }) => ({ ...object, resource })), ...release.untouched ?? []];
}

async function planChanges(cluster: KubernetesClient, objects: readonly ReleaseObject[], options: PlanOptions): Promise<PlannedChange[]> {
  const { namespace, owner } = options;
  const checked = async () => dryRun(cluster, await targetsOf(cluster, objects, namespace, owner), options);
  const checks = bothChecked(checked(), checkBoundAccounts(cluster, objects, options));
  const [[changes], headroom] = await Promise.all([checks, readHeadroom(cluster, namespace)]);
  checkQuota(headroom, changes);
  return changes;
}

/** Hooks of Helm may run only with the first deployment, or only with later ones. They still belong to the release. */
function withoutOtherHooks(release: Release, isDeployed: boolean): Release {
  const other = isDeployed ? 'the first deployment' : 'later deployments';
  return untouched(release, release.objects.filter((object) => runsWith(object) === other));
}

function runsWith(object: ReleaseObject): Hook['runsWith'] {
  return hookOfJob(object)?.runsWith ?? 'each deployment';
}

function untouched(release: Release, jobs: readonly ReleaseObject[]): Release {
  return {
    ...release,
    objects: release.objects.filter((object) => !jobs.includes(object)),
    untouched: [...release.untouched ?? [], ...jobs.map((object) => ({ ...object, resource: 'jobs' }))],
  };
}

/**
 * The release without Jobs that ran unchanged with the last release and that the cluster deleted when they had ended (`ttlSecondsAfterFinished`).
 * Applied again, they would run again with every deployment. They still belong to the release.
 */
async function withoutFinishedJobs(
  cluster: KubernetesClient, namespace: string, { store, history }: CurrentHistory, release: Release,
): Promise<Release> {
  const last = lastDeployed(history);
  const jobs = release.objects.filter(mayBeFinished);
  if (!last || jobs.length === 0) return release;
  const { objects: before } = await store.manifests(last);
  const same = jobs.filter((object) => before.some((other) => isSame(object, other)));
  const gone = await Promise.all(same.map(async (object) => (await findLive(cluster, namespace, { ...object, resource: 'jobs' }) ? [] : [object])));
  return untouched(release, gone.flat());
}

/** Whether the cluster deletes the Job when it has ended. A hook runs with each deployment. */
function mayBeFinished(object: ReleaseObject): boolean {
  return isJob(object) && hookOfJob(object) === undefined && numberAt(object.value, 'spec', 'ttlSecondsAfterFinished') !== undefined;
}

function isSame(a: ReleaseObject, b: ReleaseObject): boolean {
  return objectKey(a) === objectKey(b) && sorted(a.value) === sorted(b.value);
}

/** The same text for the same content, whatever the order of its fields. */
function sorted(value: Json): string {
  const inOrder = (inner: JsonObject) => Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(value, (_, inner: Json) => (isObject(inner) ? inOrder(inner) : inner));
}
