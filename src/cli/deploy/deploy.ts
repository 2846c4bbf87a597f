import { rollOut } from './apply/roll-out';
import type { Written } from './apply/write';
import type { DeploymentOptions, DeploymentPlan, Release } from './deployment-plan';
import { jobInWords } from './history/format';
import type { RecordedObject, RecordedRelease, ReleaseHistory } from './history/history';
import { checkOutdated } from './history/pipeline-order';
import type { ReleaseStore } from './history/release-store';
import { ObjectWriter } from './objects/object-writer';
import { identityInWords, OwnedObject } from './objects/release';
import { mayBeFinished, withoutFinishedJobs } from './plan/finished-jobs';
import { planRelease } from './plan/plan';
import { findLeftovers, leftInWords, Leftovers, removeObjects } from './prune/leftovers';
import { notIn, pruning } from './prune/prune';
import { Undoing } from './rollback/rollback-on-failure';
import { checkTakenOver } from './take-over';
import type { KubernetesClient } from '../cluster/kubernetes-client';

/**
 * One deployment: planned as a whole, recorded, applied, waited for, pruned; or undone.
 */
export class Deployment {
  private readonly planning: Promise<DeploymentPlan>;

  /** It begins to read, and tells nobody yet. */
  public constructor(
    private readonly cluster: KubernetesClient, private readonly store: ReleaseStore, private readonly options: DeploymentOptions, release: Release,
  ) {
    this.planning = this.planned(release);
    this.planning.catch(() => undefined);
  }

  /**
   * Checks everything that can be checked before the first write.
   *
   * @throws A `Failure` with all that stands against it.
   */
  public async plan(): Promise<DeploymentPlan> {
    const { observer, say } = this.options;
    return observer.during('plan', async () => {
      const plan = await this.planning;
      if (plan.takeOver && !plan.takeOver.isDone) say(`this takes the application over from ${identityInWords(plan.takeOver.former)}`);
      if (plan.rollbackFrom) say(`this is a rollback from release ${plan.rollbackFrom.number} (${jobInWords(plan.rollbackFrom.job, plan.rollbackFrom.job.pipelineUrl)})`);
      observer.planned(plan);
      return plan;
    });
  }

  /**
   * Carries a plan out.
   *
   * @throws The failure that ended it, after it was undone as far as that was wanted and possible.
   */
  public async run(plan: DeploymentPlan): Promise<void> {
    const { release, steps } = plan;
    const { job, signal, takeOver } = this.options;
    signal.throwIfAborted();
    if (plan.takeOver) await takeOver?.run(plan.takeOver);
    const written: Written[] = [];
    const objects = [...steps.map(({ object, resource }) => ({ ...object, resource })), ...release.untouched ?? []];
    this.options.observer.begun(await this.store.begin({ job, objects, rollbackOf: release.rollbackOf }));
    try {
      await rollOut(this.cluster, steps, {
        ...this.options,
        mayBeBroken: mayBeBroken(plan),
        written: (one) => written.push(one),
        applied: async () => this.store.applied(written.map(({ owned }) => owned)),
      });
    } catch (error) {
      await new Undoing(this.cluster, this.store, this.options).after(error, plan, written);
      throw error;
    }
    await this.prune(plan);
  }

  private async planned(wanted: Release): Promise<DeploymentPlan> {
    const { cluster, options } = this;
    const stepsOf = async ({ objects }: Release) => planRelease(cluster, objects, options);
    // What the record says of Jobs decides which of them are applied. Otherwise it is read meanwhile.
    const ahead = wanted.objects.some(mayBeFinished) ? undefined : stepsOf(wanted);
    ahead?.catch(() => undefined);
    const takeOver = await options.takeOver?.plan();
    const history = takeOver ? takeOver.history : await this.store.read();
    if (!takeOver) checkTakenOver(history);
    const rollbackFrom = this.judge(history, wanted);
    const release = await withoutFinishedJobs(cluster, options.namespace, takeOver?.store ?? this.store, history, wanted);
    const [steps, leftovers] = await Promise.all([ahead ?? stepsOf(release), this.leftovers(history, release)]);
    return { release, steps, history, rollbackFrom, takeOver, pruning: pruning(leftovers, history?.objects.length ?? 0, options) };
  }

  /** The release is deployed, whatever becomes of what is no longer wanted: that stays in the record until it is removed. */
  private async prune({ pruning: { remove, forget, gone } }: DeploymentPlan): Promise<void> {
    try {
      const { observer } = this.options;
      if (remove.length > 0) await observer.during('prune', async () => this.remove(remove));
    } catch (error) {
      this.options.say('the release is deployed; not all that it no longer has could be removed, and the next deploy tries again');
      await this.store.finish('deployed', gone);
      throw error;
    }
    await this.finish(forget);
  }

  private async remove(objects: readonly OwnedObject[]): Promise<void> {
    const { namespace, signal, say } = this.options;
    const left = await removeObjects(new ObjectWriter(this.cluster, this.options), namespace, objects, signal);
    for (const object of left) say(leftInWords(object));
  }

  private async finish(forget: readonly RecordedObject[]): Promise<void> {
    try {
      await this.store.finish('deployed', forget);
    } catch (error) {
      this.options.say('the release is deployed; that could not be recorded, and the next deploy takes over from here');
      throw error;
    }
  }

  private judge(history: ReleaseHistory | undefined, { rollbackOf }: Release): RecordedRelease | undefined {
    const { job, allowOutdated } = this.options;
    const judgement = checkOutdated(history, job, allowOutdated || rollbackOf !== undefined);
    return judgement?.order === 'rollback' ? judgement.release : undefined;
  }

  private async leftovers(history: ReleaseHistory | undefined, { objects, untouched = [] }: Release): Promise<Leftovers> {
    const { namespace, owner } = this.options;
    return findLeftovers(this.cluster, namespace, owner, notIn(history, [...objects, ...untouched]));
  }
}

/** An earlier release that ended well is broken only in the eyes of those who go back from it. */
function mayBeBroken({ release, history }: DeploymentPlan): boolean {
  const newest = history?.releases[0];
  return newest !== undefined && (newest.outcome !== 'deployed' || release.rollbackOf !== undefined);
}
