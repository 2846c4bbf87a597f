import { removeBrokenPods } from './broken-pods';
import type { Step } from './examine';
import { inOrder } from './order';
import type { OwnedObject } from './release';
import type { DeployObserver } from './report/observer';
import { RolloutFailed } from './rollout-failed';
import { readinessOf } from './wait/readiness';
import { waitForRollout } from './wait/wait-for-rollout';
import { isWaitedFor } from './waited-for';
import { Written, WriteOptions, writeSteps } from './write';
import type { Cluster } from '../cluster/cluster';

/**
 * What applying and waiting needs.
 */
export interface RollOutOptions extends WriteOptions {
  readonly namespace: string;
  /** Milliseconds for all that is waited for. */
  readonly budget: number;
  readonly observer: DeployObserver;
  /** Whether what is replaced may be broken: a release that failed, or one that somebody goes back from. */
  readonly mayBeBroken: boolean;
  /** Talk for people, a line each. */
  readonly say: (line: string) => void;
  /** Hides the secrets that the job knows. */
  readonly mask: (text: string) => string;
  /** Told when something was written and is to be waited for. */
  readonly applied: () => Promise<void>;
}

/**
 * Applies a release in an order that works, and waits until it is ready. Jobs that come before workloads must complete first.
 *
 * @throws `RolloutFailed` when it does not become ready.
 */
export async function rollOut(cluster: Cluster, steps: readonly Step[], options: RollOutOptions): Promise<void> {
  const end = options.clock.now() + options.budget;
  const written: Written[] = [];
  const note = (one: Written) => {
    written.push(one);
    options.written(one);
    options.observer.written(one);
  };
  const write = async (groups: ReadonlyArray<readonly Step[]>) => options.observer.during('apply', async () => {
    for (const group of groups) await writeSteps(cluster, group, { ...options, written: note });
    await options.applied();
    if (options.mayBeBroken) await removeBrokenPods(cluster, changedOf(groups.flat(), written), options);
  });
  const wait = async (ones: readonly Written[]) => waitFor(cluster, ones, { ...options, budget: Math.max(0, end - options.clock.now()) });
  const { before, migrations, after } = inOrder(steps);
  if (migrations.length > 0) {
    await write([...before, migrations]);
    await wait(written.filter(({ step }) => migrations.includes(step)));
    await write(after);
  } else {
    await write([...before, ...after]);
  }
  await wait(written.filter(({ step }) => isWaitedFor(step.object) && !migrations.includes(step) && !wasReady(step)));
}

function changedOf(steps: readonly Step[], written: readonly Written[]): OwnedObject[] {
  return written.filter(({ step }) => step.action === 'change' && steps.includes(step)).map(({ owned }) => owned);
}

/** What was ready a moment ago, and is as it was. */
function wasReady({ action, live }: Step): boolean {
  return action === 'keep' && live !== undefined && readinessOf(live).ready;
}

async function waitFor(cluster: Cluster, written: readonly Written[], options: RollOutOptions): Promise<void> {
  if (written.length === 0) return;
  const { observer } = options;
  const objects = written.map(({ owned }) => owned);
  const result = await observer.during('wait', async () => waitForRollout(cluster, objects, { ...options, progress: (progress) => observer.progress(progress) }));
  observer.waited(result);
  if (result.outcome !== 'ready') throw new RolloutFailed(result);
}
