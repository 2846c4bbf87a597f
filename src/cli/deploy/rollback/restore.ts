import type { JsonObject } from '../../../base/json';
import { resourceOf } from '../../../kubernetes/kinds';
import { concurrently } from '../../base/concurrency';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { removeBrokenPods } from '../apply/broken-pods';
import type { Written } from '../apply/write';
import type { NextObject, RecordedManifests, RecordedObject, ReleaseHistory, WithheldObject } from '../history/history';
import { checkObject, type ObjectRules } from '../manifests/check-object';
import { inOrder } from '../objects/apply-order';
import { uidOf } from '../objects/fields';
import { isJob } from '../objects/jobs';
import { appliedFields, applierAmong, extract, joinedManagers } from '../objects/managed-fields';
import { Problems } from '../objects/object-problems';
import { ForeignObject, ObjectWriter } from '../objects/object-writer';
import type { Owner } from '../objects/owner';
import type { PlannedChange } from '../objects/planned-change';
import { objectKey, type OwnedObject, type ReleaseObject } from '../objects/release';
import { findLive, Target, targetsOf } from '../objects/targets';
import type { Release } from '../plan/plan';
import { findPruneCandidates, notIn, prune } from '../prune/prune';

export interface RestoreOptions {
  readonly namespace: string;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Gets a line for people about each event. */
  readonly say: (line: string) => void;
}

/**
 * A failed release, and the release to restore.
 */
export interface FailedChanges {
  /** Before the failed release. */
  readonly history?: ReleaseHistory;
  /** The last deployed release. Missing when there was none. */
  readonly previous?: RecordedManifests;
  /** All planned changes of the failed release. */
  readonly changes: readonly PlannedChange[];
  /** The changes that were carried out. */
  readonly written: readonly Written[];
}

export interface Restored {
  /** The objects that were applied again. */
  readonly restored: readonly OwnedObject[];
  readonly removed: readonly RecordedObject[];
  /** A line for each object that is not as it was. */
  readonly notes: readonly string[];
}

/**
 * Restores the previous release. It applies the recorded manifests again, gives objects that the record withholds their former values, and deletes
 * the objects that the failed release created. Jobs do not run again.
 */
export async function restorePrevious(cluster: KubernetesClient, failed: FailedChanges, options: RestoreOptions): Promise<Restored> {
  const { namespace, owner, signal } = options;
  const { previous, written } = failed;
  const recorded = previous ? await targetsOf(cluster, previous.objects.filter((object) => !isJob(object)), namespace, owner) : [];
  const targets = [...recorded.map((target) => ({ ...target, adopted: false })), ...formerStates(failed, owner, recorded)];
  const writer = new ObjectWriter(cluster, options);
  const restored: OwnedObject[] = [];
  const foreign: string[] = [];
  const { before, workloads } = inOrder(targets);
  for (const group of [...before, ...workloads]) {
    await concurrently(group, async (target) => {
      signal.throwIfAborted();
      const { apiVersion, kind, name } = target.object;
      const live = await writer.restore(target, uidsOf(target, failed), target.adopted);
      if (isForeign(live)) foreign.push(`${kind} ${name} is not restored: ${live.foreign}`);
      else restored.push({ apiVersion, kind, name, resource: target.resource, uid: uidOf(live) });
    });
  }
  await removeBrokenPods(cluster, restored, options);
  const left: string[] = [];
  const removed = await removeNew(cluster, failed, options, (line) => left.push(line));
  return { restored, removed, notes: [...foreign.sort(), ...left, ...notesOnJobs(written)] };
}

/** The uids that an object of this name may have: before this release, in its plan, and after its write. */
function uidsOf({ object }: Target, { history, changes, written }: FailedChanges): string[] {
  const isSame = (other: Omit<RecordedObject, 'uid' | 'resource'>) => objectKey(other) === objectKey(object);
  const known = [
    ...(history?.objects ?? []).filter(isSame).map(({ uid }) => uid ?? ''),
    ...changes.filter((change) => isSame(change.object)).map(({ live }) => uidOf(live)),
    ...written.filter(({ owned }) => isSame(owned)).map(({ owned }) => owned.uid),
  ];
  return [...new Set(known.filter((uid) => uid !== ''))];
}

function isForeign(result: JsonObject | ForeignObject): result is ForeignObject {
  return typeof result.foreign === 'string';
}

interface FormerState extends Target {
  readonly adopted: boolean;
}

/** The former states of changed objects without a recorded manifest: Secrets, RBAC, and adopted objects. Their managed fields say what was applied. */
function formerStates({ changes }: FailedChanges, owner: Owner, recorded: readonly Target[]): FormerState[] {
  const keys = new Set(recorded.map(({ object }) => objectKey(object)));
  return changes.flatMap(({ live, action, object, adopted, resource, path }) => {
    if (!live || action !== 'change' || keys.has(objectKey(object)) || isJob(object)) return [];
    const joined = joinedManagers(live, owner.join({ adopted }));
    const fields = appliedFields(joined ? { ...live, metadata: { managedFields: joined } } : live, owner.manager);
    if (!fields) return [];
    const applied = extract(live, fields);
    return [{ object, adopted, resource, path, applied: adopted ? applied : owner.mark(applied) }];
  });
}

/** Deletes what this release and earlier failed ones created, but no data that existed before. */
async function removeNew(
  cluster: KubernetesClient, { history, previous, changes, written }: FailedChanges, options: RestoreOptions, say: (line: string) => void,
): Promise<RecordedObject[]> {
  const others = changes.filter(({ adopted, action, live }) => adopted || action === 'replace' || (live && !previous)).map(({ object }) => object);
  const kept = [...previous ? [...previous.objects, ...previous.withheld] : [], ...others];
  const created = changes.filter(({ action }) => action === 'create').map((change) => createdObject(change, written));
  const isCreated = (object: RecordedObject) => created.some((other) => objectKey(other) === objectKey(object));
  const older = previous ? notIn(history, created) : [];
  const candidates = notIn({ objects: [...created, ...older] }, kept);
  const { removable, data, protected: protectedObjects, gone } = await findPruneCandidates(cluster, options.namespace, options.owner, candidates);
  const removed = [...removable, ...data.filter(isCreated)];
  for (const { kind, name, keptBy } of protectedObjects) say(`${kind} ${name} is not deleted: annotation ${keptBy} keeps it`);
  await prune(cluster, removed, options, say);
  return [...removed, ...gone];
}

/** When the answer to its creation was lost, the uid is unknown: then only the owner's label proves that the object is ours. */
function createdObject({ object: { apiVersion, kind, name }, resource }: PlannedChange, written: readonly Written[]): RecordedObject {
  const object = { apiVersion, kind, name, resource };
  return { ...object, uid: written.filter(({ owned }) => objectKey(owned) === objectKey(object)).at(-1)?.owned.uid };
}

function notesOnJobs(written: readonly Written[]): string[] {
  const replaced = written.filter(({ change }) => change.action === 'replace');
  return replaced.map(({ owned: { name } }) => `Job ${name} stays as the failed release left it: the former Job does not run again`);
}

/**
 * The rules for recorded objects.
 */
export interface RecordedObjectRules extends Pick<ObjectRules, 'namespace' | 'accounts'> {
  /** The registries that images must come from. By default any. */
  readonly allowedRegistries?: readonly string[];
}

/**
 * Checks recorded objects like those of files, because everyone who may write Secrets can write a record. Their images were checked when they were
 * deployed.
 */
export function checkedObjects({ objects }: RecordedManifests, { namespace, accounts, allowedRegistries }: RecordedObjectRules): ReleaseObject[] {
  const problems = new Problems();
  const rules = { namespace, accounts, images: { allowMutableTag: true, allowedRegistries }, variables: {} };
  const checked = objects.flatMap(({ at, value }) => checkObject(at, value, rules, problems) ?? []);
  problems.check('the recorded manifests; nothing was written');
  return checked;
}

export interface RollbackManifestsOptions extends RecordedObjectRules {
  readonly owner: Owner;
}

/**
 * The recorded objects that a rollback applies again, and those that stay as they are: Jobs do not run again, values of Secrets are not recorded, and
 * RBAC is never applied from a record.
 */
export async function rollbackManifests(
  cluster: KubernetesClient, manifests: RecordedManifests, options: RollbackManifestsOptions,
): Promise<Required<Pick<Release, 'objects' | 'untouched'>>> {
  const { namespace, owner } = options;
  const checked = checkedObjects(manifests, options);
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
