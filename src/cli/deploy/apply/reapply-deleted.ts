import type { Written } from './write';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { concurrently } from '../objects/concurrently';
import { textAt } from '../objects/fields';
import { isJob } from '../objects/jobs';
import type { PlannedChange } from '../objects/planned-change';
import { lookUp } from '../prune/leftovers';
import { isBeingDeleted } from '../wait/readiness';

/**
 * The steps whose objects somebody has deleted since they were looked at or applied. Jobs are no such case: the cluster removes them when they have
 * ended. What somebody has put in their place is left, and said.
 */
export async function deletedSince(
  cluster: KubernetesClient, namespace: string, written: readonly Written[], say: (line: string) => void,
): Promise<PlannedChange[]> {
  const looked = await concurrently(written.filter(({ step }) => !isJob(step.object)), async ({ step, owned }) => {
    const live = await lookUp(cluster, namespace, owned);
    const name = `${owned.kind} ${owned.name}`;
    if (!live) say(`${name} was deleted in the meantime, and is made again`);
    else if (isBeingDeleted(live)) say(`warning: ${name} is being deleted by somebody`);
    else if (textAt(live, 'metadata', 'uid') !== owned.uid) say(`warning: ${name} was replaced by somebody in the meantime, and is left as it is`);
    return live ? [] : [{ ...step, action: 'create' as const, live: undefined, adopted: false }];
  });
  return looked.flat();
}
