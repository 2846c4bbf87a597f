import type { JsonObject } from '../../../base/json';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { removeBrokenPods } from '../apply/broken-pods';
import type { Written } from '../apply/write';
import type { RecordedManifests, RecordedObject, ReleaseHistory } from '../history/history';
import { inOrder } from '../objects/apply-order';
import { concurrently } from '../objects/concurrently';
import { uidOf } from '../objects/fields';
import { isJob } from '../objects/jobs';
import { appliedFields, extract, joinedManagers } from '../objects/managed-fields';
import { ForeignObject, ObjectWriter } from '../objects/object-writer';
import type { Owner } from '../objects/owner';
import type { PlannedChange } from '../objects/planned-change';
import { objectKey, OwnedObject } from '../objects/release';
import { Target, targetsOf } from '../objects/targets';
import { findLeftovers, leftInWords, removeObjects } from '../prune/leftovers';
import { notIn } from '../prune/prune';

/**
 * What there is to undo, and to go back to.
 */
export interface UndoOptions {
  readonly namespace: string;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Talk for people, a line each. */
  readonly say: (line: string) => void;
  /** Before the release that failed. */
  readonly history?: ReleaseHistory;
  /** The last release that was deployed, if there was one. */
  readonly previous?: RecordedManifests;
  /** All that was to be done, and what of it was. */
  readonly steps: readonly PlannedChange[];
  readonly written: readonly Written[];
}

/**
 * What was done to undo a release.
 */
export interface Undone {
  /** What was applied again, to be waited for. */
  readonly restored: readonly OwnedObject[];
  readonly removed: readonly RecordedObject[];
  /** What is not as it was. */
  readonly notes: readonly string[];
}

/**
 * Puts the previous release back: its manifests are applied again, what the record withholds gets the values that it had a moment ago, and
 * objects that the failed release has made are removed. Jobs are not run again.
 */
export async function undo(cluster: KubernetesClient, options: UndoOptions): Promise<Undone> {
  const { namespace, owner, signal, previous } = options;
  const recorded = previous ? await targetsOf(cluster, previous.objects.filter((object) => !isJob(object)), namespace, owner) : [];
  const targets = [...recorded.map((target) => ({ ...target, adopted: false })), ...formerStates(options, recorded)];
  const writer = new ObjectWriter(cluster, options);
  const restored: OwnedObject[] = [];
  const foreign: string[] = [];
  const { before, after } = inOrder(targets);
  for (const group of [...before, ...after]) {
    await concurrently(group, async (target) => {
      signal.throwIfAborted();
      const { apiVersion, kind, name } = target.object;
      const live = await writer.restore(target, uidsOf(target, options), target.adopted);
      if (isForeign(live)) foreign.push(`${kind} ${name} is not restored: ${live.foreign}`);
      else restored.push({ apiVersion, kind, name, resource: target.resource, uid: uidOf(live) });
    });
  }
  await removeBrokenPods(cluster, restored, options);
  const { removed, left } = await removeNew(cluster, writer, options);
  return { restored, removed, notes: [...foreign.sort(), ...left.map(leftInWords), ...notesOn(options)] };
}

/** The uids that an object of this name may have: before this release, in its plan, and after its write. */
function uidsOf({ object }: Target, { history, steps, written }: UndoOptions): string[] {
  const isSame = (other: Omit<RecordedObject, 'uid' | 'resource'>) => objectKey(other) === objectKey(object);
  const known = [
    ...(history?.objects ?? []).filter(isSame).map(({ uid }) => uid ?? ''),
    ...steps.filter((step) => isSame(step.object)).map(({ live }) => uidOf(live)),
    ...written.filter(({ owned }) => isSame(owned)).map(({ owned }) => owned.uid),
  ];
  return [...new Set(known.filter((uid) => uid !== ''))];
}

function isForeign(result: JsonObject | ForeignObject): result is ForeignObject {
  return typeof result.foreign === 'string';
}

/** What was changed and is in no recorded manifest: Secrets, RBAC, and what was adopted. Its fields say how it was made what it was. */
function formerStates({ steps, owner }: UndoOptions, known: readonly Target[]): FormerState[] {
  const keys = new Set(known.map(({ object }) => objectKey(object)));
  return steps.flatMap((step) => {
    const { live, action, object, adopted } = step;
    if (!live || action !== 'change' || keys.has(objectKey(object)) || isJob(object)) return [];
    const joined = joinedManagers(live, { from: owner.managersBefore(adopted), into: owner.manager });
    const fields = appliedFields(joined ? { ...live, metadata: { managedFields: joined } } : live, owner.manager);
    if (!fields) return [];
    const applied = extract(live, fields);
    return [{ object, adopted, resource: step.resource, path: step.path, applied: adopted ? applied : owner.mark(applied) }];
  });
}

interface FormerState extends Target {
  readonly adopted: boolean;
}

/** Beside what this release has made, what an earlier one has left that failed as well; but nothing that held data before. */
async function removeNew(
  cluster: KubernetesClient, writer: ObjectWriter, { namespace, owner, signal, history, previous, steps, written }: UndoOptions,
): Promise<{ readonly removed: readonly RecordedObject[]; readonly left: readonly OwnedObject[] }> {
  const others = steps.filter(({ adopted, action, live }) => adopted || action === 'replace' || (live && !previous)).map(({ object }) => object);
  const stays = [...previous ? [...previous.objects, ...previous.withheld] : [], ...others];
  const made = steps.filter(({ action }) => action === 'create').map((step) => madeBy(step, written));
  const isMade = (object: RecordedObject) => made.some((other) => objectKey(other) === objectKey(object));
  const older = previous ? notIn(history, made) : [];
  const candidates = notIn({ objects: [...made, ...older] }, stays);
  const { removable, data, gone } = await findLeftovers(cluster, namespace, owner, candidates);
  const remove = [...removable, ...data.filter(isMade)];
  const left = await removeObjects(writer, namespace, remove, signal);
  return { removed: [...remove, ...gone], left };
}

/** Without a uid when the answer was lost: then the owner's mark alone says that it is ours. */
function madeBy({ object: { apiVersion, kind, name }, resource }: PlannedChange, written: readonly Written[]): RecordedObject {
  const object = { apiVersion, kind, name, resource };
  return { ...object, uid: written.filter(({ owned }) => objectKey(owned) === objectKey(object)).at(-1)?.owned.uid };
}

function notesOn({ written }: UndoOptions): string[] {
  const replaced = written.filter(({ step }) => step.action === 'replace');
  return replaced.map(({ owned: { name } }) => `Job ${name} stays as the failed release has left it: what it replaced is not run again`);
}
