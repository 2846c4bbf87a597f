import { fieldText, metadataOf } from './created-objects';
import type { JsonObject } from '../../base/json';
import { show } from '../../base/user-error';
import type { Host } from '../base/host';
import { find } from '../cluster/find';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { pathOfObject } from '../cluster/paths';

/**
 * A cluster, and how to wait for it.
 */
export interface Waiting extends Pick<Host, 'clock' | 'signal'> {
  readonly cluster: KubernetesClient;
}

/** Milliseconds in which a controller must remove its finalizer. */
const DELETION_TIMEOUT = 10_000;

/** Milliseconds between two reads. */
const INTERVAL = 250;

/**
 * The state of an object after its deletion: it did not exist, it is gone, or its finalizers keep it.
 */
export type Deletion = 'absent' | 'deleted' | { readonly heldBy: readonly string[] };

/**
 * Deletes an object and waits until the API server no longer has the object with this uid. A `uid` of the given object is a precondition.
 *
 * @param held Called once when finalizers keep the object, with the object as the API server has it.
 */
export async function deleteAndWait(
  { cluster, clock, signal }: Waiting,
  object: JsonObject,
  held: (live: JsonObject) => Promise<unknown> = async () => undefined,
): Promise<Deletion> {
  const path = pathOfObject(object);
  const before = await find(cluster, path);
  if (before === undefined) return 'absent';
  const uid = fieldText(object.metadata, 'uid') || fieldText(before.metadata, 'uid');
  await cluster.delete(path, { uid });
  const end = clock.now() + DELETION_TIMEOUT;
  for (let isFirst = true; ; isFirst = false) {
    const live = await find(cluster, path);
    if (live === undefined || metadataOf(live).uid !== uid) return 'deleted';
    if (isFirst) await held(live);
    if (clock.now() >= end) return { heldBy: finalizersOf(live) };
    await clock.sleep(INTERVAL, signal);
  }
}

/**
 * Says that finalizers keep an object, and how to remove them.
 *
 * @param effect What stays as it was: `its tokens stay valid`.
 */
export function heldText(object: JsonObject, heldBy: readonly string[], effect: string): string {
  const [kind, name, namespace] = [fieldText(object, 'kind'), fieldText(object.metadata, 'name'), fieldText(object.metadata, 'namespace')];
  const finalizers = heldBy.length === 0 ? 'it still exists' : `its finalizers keep it: ${heldBy.map(show).join(', ')}`;
  const command = `kubectl patch ${kind.toLowerCase()} ${name} -n ${namespace} --type merge -p '{"metadata":{"finalizers":null}}'`;
  return `${kind} ${name} is not deleted after ${DELETION_TIMEOUT / 1000} s: ${finalizers}. ${effect}. If you do not know these finalizers, remove them: ${command}`;
}

function finalizersOf(live: JsonObject): string[] {
  const { finalizers } = metadataOf(live);
  return Array.isArray(finalizers) ? finalizers.map(String) : [];
}
