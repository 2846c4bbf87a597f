import { removeBrokenPods } from './broken-pods';
import { concurrently } from './concurrently';
import type { Step } from './examine';
import { isJob } from './jobs';
import { findLeftovers, removeObjects } from './leftovers';
import { extract, ownFields, takenOver } from './managed-fields';
import { inOrder } from './order';
import type { Owner } from './owner';
import { notIn } from './prune';
import type { RecordedManifests, RecordedObject, ReleaseHistory } from './record/history';
import { objectKey } from './record/object-key';
import type { OwnedObject } from './release';
import { Target, targetsOf } from './targets';
import type { Written } from './write';
import { isObject, JsonObject } from '../../private/json';
import type { Cluster } from '../cluster/cluster';
import type { Clock } from '../host';

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
  readonly steps: readonly Step[];
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
export async function undo(cluster: Cluster, options: UndoOptions): Promise<Undone> {
  const { namespace, owner, signal, previous } = options;
  const before = previous ? await targetsOf(cluster, previous.objects.filter((object) => !isJob(object)), namespace, owner) : [];
  const targets = [...before, ...formerStates(options, before)];
  const restored: OwnedObject[] = [];
  const { before: first, after } = inOrder(targets);
  for (const group of [...first, ...after]) {
    await concurrently(group, async (target) => {
      signal.throwIfAborted();
      const live = await cluster.apply(target.path, target.applied, { force: true });
      const { apiVersion, kind, name } = target.object;
      restored.push({ apiVersion, kind, name, resource: target.resource, uid: uidOf(live) });
    });
  }
  await removeBrokenPods(cluster, restored, options);
  const removed = await removeNew(cluster, options);
  return { restored, removed, notes: notesOn(options) };
}

function uidOf({ metadata }: JsonObject): string {
  return isObject(metadata) && typeof metadata.uid === 'string' ? metadata.uid : '';
}

/** What was changed and is in no recorded manifest: Secrets, RBAC, and what was adopted. Its fields say how it was made what it was. */
function formerStates({ steps, owner }: UndoOptions, known: readonly Target[]): Target[] {
  const keys = new Set(known.map(({ object }) => objectKey(object)));
  return steps.flatMap((step) => {
    const { live, action, object, adopted } = step;
    if (!live || action !== 'change' || keys.has(objectKey(object)) || isJob(object)) return [];
    const fields = (adopted ? takenOver(live)?.find(isOwnEntry)?.fieldsV1 : undefined) ?? ownFields(live);
    if (!isObject(fields)) return [];
    const applied = extract(live, fields);
    return [{ object, resource: step.resource, path: step.path, applied: adopted ? applied : owner.mark(applied) }];
  });
}

function isOwnEntry({ operation, fieldsV1 }: JsonObject): boolean {
  return operation === 'Apply' && fieldsV1 !== undefined;
}

/** Beside what this release has made, what an earlier one has left that failed as well; but nothing that held data before. */
async function removeNew(cluster: Cluster, { namespace, owner, signal, history, previous, steps, written }: UndoOptions): Promise<RecordedObject[]> {
  const others = steps.filter(({ adopted, action, live }) => adopted || action === 'replace' || (live && !previous)).map(({ object }) => object);
  const stays = [...previous ? [...previous.objects, ...previous.withheld] : [], ...others];
  const made = steps.filter(({ action }) => action === 'create').map((step) => madeBy(step, written));
  const isMade = (object: RecordedObject) => made.some((other) => objectKey(other) === objectKey(object));
  const older = previous ? notIn(history, made) : [];
  const candidates = notIn({ objects: [...made, ...older] }, stays);
  const { removable, data, gone } = await findLeftovers(cluster, namespace, owner, candidates);
  const remove = [...removable, ...data.filter(isMade)];
  await removeObjects(cluster, namespace, remove, signal);
  return [...remove, ...gone];
}

/** Without a uid when the answer was lost: then the owner's mark alone says that it is ours. */
function madeBy({ object: { apiVersion, kind, name }, resource }: Step, written: readonly Written[]): RecordedObject {
  const object = { apiVersion, kind, name, resource };
  return { ...object, uid: written.filter(({ owned }) => objectKey(owned) === objectKey(object)).at(-1)?.owned.uid };
}

function notesOn({ written }: UndoOptions): string[] {
  const replaced = written.filter(({ step }) => step.action === 'replace');
  return replaced.map(({ owned: { name } }) => `Job ${name} stays as the failed release has left it: what it replaced is not run again`);
}
