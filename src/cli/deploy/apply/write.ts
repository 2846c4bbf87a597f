import { isObject, JsonObject } from '../../../base/json';
import { concurrently } from '../../base/concurrency';
import { ExitCode, Failure } from '../../base/failure';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { numberAt, textAt, uidOf } from '../objects/fields';
import { ObjectWriter, WriterOptions } from '../objects/object-writer';
import type { PlannedChange } from '../objects/planned-change';
import type { OwnedObject } from '../objects/release';

/**
 * A change that was carried out.
 */
export interface Written {
  readonly change: PlannedChange;
  readonly owned: OwnedObject;
  /** The status at that moment, of an object whose spec was changed. */
  readonly status?: JsonObject;
}

export interface WriteOptions extends WriterOptions {
  /** Whether fields of other managers are taken over. */
  readonly forceConflicts: boolean;
}

/**
 * Writes the objects of one group, several at once. Unchanged objects are not sent.
 *
 * @param note Gets each written object, also when a later one fails.
 */
export async function writeGroup(
  cluster: KubernetesClient, changes: readonly PlannedChange[], options: WriteOptions, note: (written: Written) => void,
): Promise<void> {
  const writer = new ObjectWriter(cluster, options);
  await concurrently(changes, async (change) => {
    options.signal.throwIfAborted();
    const { object: { apiVersion, kind, name }, resource } = change;
    const live = await write(cluster, writer, change, options);
    const status = change.action === 'change' && isObject(live.status) && isNewGeneration(live, change) ? live.status : undefined;
    note({ change, owned: { apiVersion, kind, name, resource, uid: textAt(live, 'metadata', 'uid') }, ...status && { status } });
  });
}

/** The server counts changes of the spec. Changes of labels and annotations have no new generation. */
function isNewGeneration(live: JsonObject, change: PlannedChange): boolean {
  const [before, after] = [change.live, live].map((object) => numberAt(object, 'metadata', 'generation'));
  return after === undefined || before !== after;
}

async function write(cluster: KubernetesClient, writer: ObjectWriter, change: PlannedChange, options: WriteOptions): Promise<JsonObject> {
  const { action, live } = change;
  if (action === 'create' || !live) return writer.create(change, live);
  if (action === 'keep') return live;
  if (action === 'change') return writer.change(change, { force: options.forceConflicts });
  await deleteJob(cluster, writer, change.path, textAt(live, 'metadata', 'uid'), options);
  return writer.create(change, live);
}

/** Milliseconds. */
const LONGEST_DELETION = 60_000;
const PAUSE = 200;

async function deleteJob(cluster: KubernetesClient, writer: ObjectWriter, path: string, uid: string, { clock, signal }: WriteOptions): Promise<void> {
  if (!await writer.delete(path, { uid })) return;
  for (const begun = clock.now(); ;) {
    if (uidOf(await find(cluster, path)) !== uid) return;
    if (clock.now() - begun > LONGEST_DELETION) {
      throw new Failure(`${path}: the Job still exists ${LONGEST_DELETION / 1000} s after it was deleted. Check its finalizers, and run this job again`, ExitCode.UNREACHABLE);
    }
    await clock.sleep(PAUSE, signal);
  }
}
