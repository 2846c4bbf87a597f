import { concurrently } from './concurrently';
import type { Step } from './examine';
import { takenOver } from './managed-fields';
import { explain, ObjectRefused } from './refusals';
import type { OwnedObject } from './release';
import { ExitCode } from '../exit-code';
import { textAt } from './wait/fields';
import type { JsonObject } from '../../private/json';
import type { Cluster } from '../cluster/cluster';
import { ApiRefusal } from '../cluster/status';
import { Failure } from '../failure';
import type { Clock } from '../host';

/**
 * A step that was taken.
 */
export interface Written {
  readonly step: Step;
  readonly owned: OwnedObject;
}

/**
 * What writing needs.
 */
export interface WriteOptions {
  readonly forceConflicts: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each step that was taken, also when a later one fails. */
  readonly written: (written: Written) => void;
}

/**
 * Takes the steps of one group, several at once; those that change nothing are not sent.
 */
export async function writeSteps(cluster: Cluster, steps: readonly Step[], options: WriteOptions): Promise<void> {
  await concurrently(steps, async (step) => {
    options.signal.throwIfAborted();
    options.written({ step, owned: ownedObject(step, await write(cluster, step, options)) });
  });
}

/**
 * An object that is in the cluster.
 */
export function ownedObject({ object: { apiVersion, kind, name }, resource }: Step, live: JsonObject): OwnedObject {
  return { apiVersion, kind, name, resource, uid: textAt(live, 'metadata', 'uid') };
}

async function write(cluster: Cluster, step: Step, options: WriteOptions): Promise<JsonObject> {
  const { action, path, applied, live, adopted } = step;
  if (action === 'keep' && live) return live;
  if (action === 'replace' && live) await removeJob(cluster, path, textAt(live, 'metadata', 'uid'), options);
  if (live && adopted && action === 'change') await takeOver(cluster, path, live);
  return cluster.apply(path, applied, { force: options.forceConflicts }).catch((error: unknown) => {
    throw error instanceof ApiRefusal && error.code !== 401 ? new ObjectRefused(explain(step.object, error), error) : error;
  });
}

/** How often somebody may change the object in between: its controller writes its status at any time. */
const TAKE_OVER_ATTEMPTS = 10;

async function takeOver(cluster: Cluster, path: string, live: JsonObject): Promise<void> {
  let now = live;
  for (let attempt = 1; ; attempt += 1) {
    const managedFields = takenOver(now);
    if (!managedFields) return;
    try {
      await cluster.merge(path, { metadata: { managedFields, resourceVersion: textAt(now, 'metadata', 'resourceVersion') } });
      return;
    } catch (error) {
      if (!(error instanceof ApiRefusal && error.code === 409 && attempt < TAKE_OVER_ATTEMPTS)) throw error;
      now = await cluster.get(path);
    }
  }
}

const LONGEST_REMOVAL = 60_000;
const PAUSE = 200;

async function removeJob(cluster: Cluster, path: string, uid: string, { clock, signal }: WriteOptions): Promise<void> {
  await cluster.delete(path, { uid, propagation: 'Background' });
  for (const begun = clock.now(); ;) {
    if (await isGone(cluster, path, uid)) return;
    if (clock.now() - begun > LONGEST_REMOVAL) throw new Failure(`${path}: the Job was deleted and is still there after ${LONGEST_REMOVAL / 1000} s`, ExitCode.UNREACHABLE);
    await clock.sleep(PAUSE, signal);
  }
}

async function isGone(cluster: Cluster, path: string, uid: string): Promise<boolean> {
  try {
    return textAt(await cluster.get(path), 'metadata', 'uid') !== uid;
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 404) return true;
    throw error;
  }
}
