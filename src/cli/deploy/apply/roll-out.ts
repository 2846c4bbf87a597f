import { removeBrokenPods } from './broken-pods';
import type { DeployObserver } from './observer';
import { deletedSince } from './reapply-deleted';
import { RolloutFailed } from './rollout-failed';
import { Written, WriteOptions, writeSteps } from './write';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { inOrder } from '../objects/apply-order';
import type { PlannedChange } from '../objects/planned-change';
import type { OwnedObject } from '../objects/release';
import { readinessOf } from '../wait/readiness';
import { isWaitedFor, Progress } from '../wait/rollout';
import { waitForRollout } from '../wait/wait-for-rollout';

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

/** Milliseconds after which it is worth a look what is still there. */
const MOMENT = 2_000;

/**
 * Applies a release in an order that works, and waits until it is ready. Jobs that come before workloads must complete first. What somebody has
 * deleted in the meantime is made again.
 *
 * @throws `RolloutFailed` when it does not become ready.
 */
export async function rollOut(cluster: KubernetesClient, steps: readonly PlannedChange[], options: RollOutOptions): Promise<void> {
  await new RollOut(cluster, options).run(steps);
}

class RollOut {
  private readonly begun: number;
  private readonly written: Written[] = [];

  public constructor(private readonly cluster: KubernetesClient, private readonly options: RollOutOptions) {
    this.begun = options.clock.now();
  }

  public async run(steps: readonly PlannedChange[]): Promise<void> {
    const { clock, namespace, say } = this.options;
    await this.take(steps);
    if (clock.now() - this.begun < MOMENT) return;
    const deleted = await deletedSince(this.cluster, namespace, this.written, say);
    if (deleted.length > 0) await this.take(deleted);
  }

  private async take(steps: readonly PlannedChange[]): Promise<void> {
    const { before, migrations, after } = inOrder(steps);
    if (migrations.length > 0) {
      await this.write([...before, migrations]);
      await this.wait(migrations);
      await this.write(after);
    } else {
      await this.write([...before, ...after]);
    }
    await this.wait(steps.filter((step) => isWaitedFor(step.object) && !migrations.includes(step) && !wasReady(step)));
  }

  private async write(groups: ReadonlyArray<readonly PlannedChange[]>): Promise<void> {
    const { observer, applied, mayBeBroken } = this.options;
    await observer.during('apply', async () => {
      for (const group of groups) await writeSteps(this.cluster, group, { ...this.options, written: this.note });
      await applied();
      if (mayBeBroken) await removeBrokenPods(this.cluster, this.ownedOf(groups.flat().filter(({ action }) => action === 'change')), this.options);
    });
  }

  private async wait(steps: readonly PlannedChange[]): Promise<void> {
    const objects = this.ownedOf(steps);
    if (objects.length === 0) return;
    const { clock, observer } = this.options;
    const budget = Math.max(0, this.begun + this.options.budget - clock.now());
    const progress = (one: Progress) => observer.progress(one);
    const result = await observer.during('wait', async () => waitForRollout(this.cluster, objects, { ...this.options, budget, progress }));
    observer.waited(result);
    if (result.outcome !== 'ready') throw new RolloutFailed(result);
  }

  private ownedOf(steps: readonly PlannedChange[]): OwnedObject[] {
    return this.written.filter(({ step }) => steps.includes(step)).map(({ owned }) => owned);
  }

  private readonly note = (one: Written): void => {
    this.written.push(one);
    this.options.written(one);
    this.options.observer.written(one);
  };
}

/** What was ready a moment ago, and is as it was. */
function wasReady({ action, live }: PlannedChange): boolean {
  return action === 'keep' && live !== undefined && readinessOf(live).ready;
}
