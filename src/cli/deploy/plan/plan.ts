import { examine, Step } from './dry-run';
import type { Owner } from '../objects/owner';
import { checkQuota, roomOf } from './quota';
import type { ReleaseObject } from '../objects/release';
import { targetsOf } from '../objects/targets';
import type { Cluster } from '../../cluster/cluster';

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
 * @throws `ReleaseRefused` with everything that stands against it.
 */
export async function planRelease(cluster: Cluster, objects: readonly ReleaseObject[], options: PlanOptions): Promise<Step[]> {
  const examined = async () => examine(cluster, await targetsOf(cluster, objects, options.namespace, options.owner), options);
  const [steps, room] = await Promise.all([examined(), roomOf(cluster, options.namespace)]);
  checkQuota(room, steps);
  return steps;
}
