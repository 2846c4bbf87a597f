import type { JsonObject } from '../../../base/json';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { Clock } from '../../base/host';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { concurrently } from '../objects/concurrently';
import { textAt, uidOf } from '../objects/fields';
import { ObjectWriter } from '../objects/object-writer';
import type { Owner } from '../objects/owner';
import type { PlannedChange } from '../objects/planned-change';
import type { OwnedObject } from '../objects/release';

/**
 * A step that was taken.
 */
export interface Written {
  readonly step: PlannedChange;
  readonly owned: OwnedObject;
}

/**
 * What writing needs.
 */
export interface WriteOptions {
  readonly owner: Owner;
  readonly forceConflicts: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each step that was taken, also when a later one fails. */
  readonly written: (written: Written) => void;
}

/**
 * Takes the steps of one group, several at once; those that change nothing are not sent.
 */
export async function writeSteps(cluster: KubernetesClient, steps: readonly PlannedChange[], options: WriteOptions): Promise<void> {
  const writer = new ObjectWriter(cluster, options);
  await concurrently(steps, async (step) => {
    options.signal.throwIfAborted();
    options.written({ step, owned: ownedObject(step, await write(cluster, writer, step, options)) });
  });
}

/**
 * An object that is in the cluster.
 */
export function ownedObject({ object: { apiVersion, kind, name }, resource }: PlannedChange, live: JsonObject): OwnedObject {
  return { apiVersion, kind, name, resource, uid: textAt(live, 'metadata', 'uid') };
}

async function write(cluster: KubernetesClient, writer: ObjectWriter, step: PlannedChange, options: WriteOptions): Promise<JsonObject> {
  const { action, live } = step;
  if (action === 'create' || !live) return writer.create(step, live);
  if (action === 'keep') return live;
  if (action === 'change') return writer.change(step, { force: options.forceConflicts });
  await removeJob(cluster, writer, step.path, textAt(live, 'metadata', 'uid'), options);
  return writer.create(step, live);
}

const LONGEST_REMOVAL = 60_000;
const PAUSE = 200;

async function removeJob(cluster: KubernetesClient, writer: ObjectWriter, path: string, uid: string, { clock, signal }: WriteOptions): Promise<void> {
  if (!await writer.delete(path, { uid })) return;
  for (const begun = clock.now(); ;) {
    if (await isGone(cluster, path, uid)) return;
    if (clock.now() - begun > LONGEST_REMOVAL) throw new Failure(`${path}: the Job was deleted and is still there after ${LONGEST_REMOVAL / 1000} s`, ExitCode.UNREACHABLE);
    await clock.sleep(PAUSE, signal);
  }
}

async function isGone(cluster: KubernetesClient, path: string, uid: string): Promise<boolean> {
  return uidOf(await find(cluster, path)) !== uid;
}
