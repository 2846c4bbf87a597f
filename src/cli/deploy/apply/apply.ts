import { BrokenPodsOptions, removeBrokenPods } from './broken-pods';
import { inputsOf, JobInput, waitForInputs } from './job-inputs';
import type { DeployObserver } from './observer';
import { Written, WriteOptions, writeGroup } from './write';
import { concurrently } from '../../base/concurrency';
import { ExitCode, Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { inOrder } from '../objects/apply-order';
import { textAt } from '../objects/fields';
import { isJob } from '../objects/jobs';
import type { PlannedChange } from '../objects/planned-change';
import type { OwnedObject } from '../objects/release';
import { findLive } from '../objects/targets';
import { isBeingDeleted, readinessOf } from '../wait/readiness';
import type { Progress, RolloutResult, WaitOptions } from '../wait/rollout';
import { isWaitedFor } from '../wait/rollout';
import { waitForRollout } from '../wait/wait-for-rollout';

export interface ApplyOptions extends WriteOptions, BrokenPodsOptions {
  /** Milliseconds until everything must be ready. */
  readonly budget: number;
  readonly observer: DeployObserver;
}

/**
 * The state of one apply.
 */
export interface ApplyRun {
  /** Whether the objects that change may be broken: their release failed, or this is a rollback from it. */
  readonly mayBeBroken: boolean;
  /** Gets each written object, also when a later one fails. */
  readonly written: (written: Written) => void;
  /** Called after objects are written, and before it waits for them. */
  readonly applied: () => Promise<void>;
}

/** Milliseconds after which it checks whether somebody deleted an object meanwhile. */
const RECHECK_AFTER = 2_000;

/**
 * Applies the planned changes in the order of their kinds, and waits until the release is ready. Jobs that come before workloads must complete first,
 * and Jobs that come after them last.
 * Objects that somebody deleted meanwhile are applied again.
 *
 * @throws `RolloutFailed` when the release does not become ready.
 */
export async function applyRelease(
  cluster: KubernetesClient, changes: readonly PlannedChange[], options: ApplyOptions, run: ApplyRun,
): Promise<void> {
  await new Apply(cluster, options, run).all(changes);
}

class Apply {
  private readonly begun: number;
  private readonly written: Written[] = [];

  public constructor(private readonly cluster: KubernetesClient, private readonly options: ApplyOptions, private readonly run: ApplyRun) {
    this.begun = options.clock.now();
  }

  public async all(changes: readonly PlannedChange[]): Promise<void> {
    await this.applyAndWait(changes);
    if (this.options.clock.now() - this.begun < RECHECK_AFTER) return;
    const deleted = await this.deletedMeanwhile();
    if (deleted.length > 0) await this.applyAndWait(deleted);
  }

  private async applyAndWait(changes: readonly PlannedChange[]): Promise<void> {
    const { before, jobsBefore, workloads, jobsAfter } = inOrder(changes);
    const jobs = [...jobsBefore, ...jobsAfter].flat();
    let next: ReadonlyArray<readonly PlannedChange[]> = before;
    for (const step of jobsBefore) {
      const inputs = inputsOf(step, changes);
      if (inputs.length > 0) {
        await this.write(next);
        await this.waitForInputs(inputs);
        next = [];
      }
      await this.write([...next, step]);
      await this.wait(step);
      next = [];
    }
    await this.write([...next, ...workloads]);
    await this.wait(changes.filter((change) => isWaitedFor(change.object) && !jobs.includes(change) && !wasReady(change)));
    for (const step of jobsAfter) {
      await this.write([step]);
      await this.wait(step);
    }
  }

  private async write(groups: ReadonlyArray<readonly PlannedChange[]>): Promise<void> {
    const { applied, mayBeBroken } = this.run;
    await this.options.observer.during('apply', async () => {
      for (const group of groups) await writeGroup(this.cluster, group, this.options, this.note);
      await applied();
      if (mayBeBroken) await removeBrokenPods(this.cluster, this.ownedOf(groups.flat().filter(({ action }) => action === 'change')), this.options);
    });
  }

  private async wait(changes: readonly PlannedChange[]): Promise<void> {
    const written = this.written.filter(({ change }) => changes.includes(change));
    const objects = written.map(({ owned, status }) => ({ ...owned, ...status && { statusBefore: status } }));
    if (objects.length === 0) return;
    const result = await this.options.observer.during('wait', async () => waitForRollout(this.cluster, objects, this.waitOptions()));
    this.options.observer.waited(result);
    if (result.outcome !== 'ready') throw new RolloutFailed(result);
  }

  /** Waits for Secrets and ConfigMaps that a Job needs, and that custom resources of the release create. */
  private async waitForInputs(inputs: readonly JobInput[]): Promise<void> {
    const failure = await this.options.observer.during('wait', async () => waitForInputs(this.cluster, inputs, this.waitOptions()));
    if (!failure) return;
    this.options.observer.waited(failure);
    throw new RolloutFailed(failure);
  }

  private waitOptions(): WaitOptions {
    const { clock, observer } = this.options;
    const budget = Math.max(0, this.begun + this.options.budget - clock.now());
    return { ...this.options, budget, progress: (one: Progress) => observer.progress(one) };
  }

  /** The cluster itself deletes finished Jobs. An object with another uid belongs to somebody else and is left. */
  private async deletedMeanwhile(): Promise<PlannedChange[]> {
    const { namespace, say } = this.options;
    const looked = await concurrently(this.written.filter(({ change }) => !isJob(change.object)), async ({ change, owned }) => {
      const live = await findLive(this.cluster, namespace, owned);
      const name = `${owned.kind} ${owned.name}`;
      if (!live) say(`${name} was deleted meanwhile; it is applied again`);
      else if (isBeingDeleted(live)) say(`warning: somebody is deleting ${name}`);
      else if (textAt(live, 'metadata', 'uid') !== owned.uid) say(`warning: somebody replaced ${name} meanwhile; the new object is left as it is`);
      return live ? [] : [{ ...change, action: 'create' as const, live: undefined, adopted: false }];
    });
    return looked.flat();
  }

  private ownedOf(changes: readonly PlannedChange[]): OwnedObject[] {
    return this.written.filter(({ change }) => changes.includes(change)).map(({ owned }) => owned);
  }

  private readonly note = (one: Written): void => {
    this.written.push(one);
    this.run.written(one);
    this.options.observer.written(one);
  };
}

/** Whether the object was ready during the plan and does not change. */
export function wasReady({ action, live }: PlannedChange): boolean {
  return action === 'keep' && live !== undefined && readinessOf(live).ready;
}

/**
 * The release was applied, and did not become ready.
 */
export class RolloutFailed extends Failure {
  public override readonly name = 'RolloutFailed';

  public constructor(public readonly result: RolloutResult) {
    super([result.cause?.line ?? notReady(result), ...details(result).map((line) => `  ${line}`)].join('\n'), ExitCode.NO);
  }
}

function notReady({ workloads, elapsed }: RolloutResult): string {
  const missing = workloads.filter(({ ready }) => !ready).map(({ object: { kind, name }, message }) => `${kind} ${name}: ${message}`);
  return `not ready after ${Math.round(elapsed / 1000)} s: ${missing.join('; ')}`;
}

function details({ log, events, notes }: RolloutResult): string[] {
  return [
    ...log && log.lines.length > 0 ? [`the last lines of container ${log.container} of pod ${log.pod}${log.previous ? ', before it was restarted' : ''}:`] : [],
    ...(log?.lines ?? []).map((line) => `| ${line}`),
    ...events.length > 0 ? ['warnings of the cluster:'] : [],
    ...events.map(({ object, reason, message, count, at }) => `| ${at} ${object}: ${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`),
    ...notes,
  ];
}
