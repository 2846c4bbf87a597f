import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { concurrently } from '../objects/concurrently';
import { pathOf } from '../objects/live-object';
import { ObjectWriter } from '../objects/object-writer';
import { inReverse } from '../objects/order';
import type { Owner } from '../objects/owner';
import type { OwnedObject } from '../objects/release';

export interface DeleteOptions {
  readonly namespace: string;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Deletes objects that are no longer wanted, each before the objects that it uses.
 *
 * @param say Gets a line for each object that is not deleted.
 * @returns The objects that are not deleted, because they are no longer ours.
 */
export async function prune(
  cluster: KubernetesClient, objects: readonly OwnedObject[], options: DeleteOptions, say: (line: string) => void,
): Promise<OwnedObject[]> {
  const { namespace, signal } = options;
  const writer = new ObjectWriter(cluster, options);
  const left: OwnedObject[] = [];
  for (const group of inReverse(objects)) {
    await concurrently(group, async (object) => {
      signal.throwIfAborted();
      if (!await writer.delete(pathOf(object, namespace), object)) left.push(object);
    });
  }
  for (const { kind, name } of left) say(`${kind} ${name} is not deleted: it no longer belongs to this application`);
  return left;
}
