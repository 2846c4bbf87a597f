import type { Step } from './examine';
import { inOrder } from './order';
import { RolloutFailed } from './rollout-failed';
import type { Progress } from './wait/rollout';
import { waitForRollout } from './wait/wait-for-rollout';
import { Written, WriteOptions, writeSteps } from './write';
import { kindName, resourceOf } from '../../private/kinds';
import type { Cluster } from '../cluster/cluster';

/**
 * What applying and waiting needs.
 */
export interface RollOutOptions extends WriteOptions {
  readonly namespace: string;
  /** Milliseconds for all that is waited for. */
  readonly budget: number;
  readonly progress: (progress: Progress) => void;
  /** Hides the secrets that the job knows. */
  readonly mask?: (text: string) => string;
}

/**
 * Applies a release in an order that works, and waits until it is ready. Jobs that come before workloads must complete first.
 *
 * @throws `RolloutFailed` when it does not become ready.
 */
export async function rollOut(cluster: Cluster, steps: readonly Step[], options: RollOutOptions): Promise<void> {
  const begun = options.clock.now();
  const written: Written[] = [];
  const note = (one: Written) => {
    written.push(one);
    options.written(one);
  };
  const noted = { ...options, written: note };
  const wait = async (ones: readonly Written[]) => waitFor(cluster, ones, { ...options, budget: options.budget - (options.clock.now() - begun) });
  const { before, migrations, after } = inOrder(steps);
  for (const group of before) await writeSteps(cluster, group, noted);
  await writeSteps(cluster, migrations, noted);
  await wait(written.filter(({ step }) => migrations.includes(step)));
  for (const group of after) await writeSteps(cluster, group, noted);
  await wait(written.filter(({ step }) => isWaitedFor(step) && !migrations.includes(step)));
}

async function waitFor(cluster: Cluster, written: readonly Written[], options: RollOutOptions): Promise<void> {
  if (written.length === 0) return;
  const result = await waitForRollout(cluster, written.map(({ owned }) => owned), options);
  if (result.outcome !== 'ready') throw new RolloutFailed(result);
}

const WORKLOADS = new Set(['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'Job.batch']);

/** Workloads, and custom resources, whose conditions say when they are ready. */
function isWaitedFor({ object: { apiVersion, kind } }: Step): boolean {
  return WORKLOADS.has(kindName(apiVersion, kind)) || resourceOf(apiVersion, kind) === undefined;
}
