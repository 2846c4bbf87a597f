import { dryRun } from './dry-run';
import { checkQuota, roomOf } from './quota';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { Owner } from '../objects/owner';
import { PlannedChange } from '../objects/planned-change';
import type { ReleaseObject } from '../objects/release';
import { targetsOf } from '../objects/targets';

/**
 * How a release is applied.
 */
export interface PlanOptions {
  readonly namespace: string;
  readonly owner: Owner;
  readonly adopt: boolean;
  readonly forceConflicts: boolean;
}

/**
 * What applying a release does, checked by the server as a whole. Nothing is written.
 *
 * @throws `ReleaseRejected` with everything that stands against it.
 */
export async function planRelease(cluster: KubernetesClient, objects: readonly ReleaseObject[], options: PlanOptions): Promise<PlannedChange[]> {
  const examined = async () => dryRun(cluster, await targetsOf(cluster, objects, options.namespace, options.owner), options);
  const [steps, room] = await Promise.all([examined(), roomOf(cluster, options.namespace)]);
  checkQuota(room, steps);
  return steps;
}
