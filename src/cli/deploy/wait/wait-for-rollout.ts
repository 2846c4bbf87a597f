import { Trouble } from './cause';
import type { Finding } from './diagnosis';
import { evidenceOf } from './diagnostics';
import { GracePeriodTimer } from './grace-periods';
import { ProgressReporter } from './progress-reporter';
import { DEFAULT_GRACE_PERIODS, GracePeriods, RolloutResult, WaitedObject, WaitOptions } from './rollout';
import { RolloutStatus, rolloutStatus, NOT_SEEN, titleOf } from './rollout-status';
import { RolloutWatch } from './rollout-watch';
import { StabilizationWindow } from './stabilization-window';
import { WatchCache } from './watch-cache';
import type { KubernetesClient } from '../../cluster/kubernetes-client';

/**
 * Waits until all objects are ready, or one of them has a cause not to become so that will not heal, or the time is up.
 *
 * It watches: connections that end, a server that restarts or has forgotten where the watch was, and one that is away for a while cost
 * nothing but time.
 *
 * @throws `ApiError` when the credential may not see the objects (or is no longer known), `Unreachable` when the server cannot be reached
 * and that will not pass, the signal's reason when it is aborted.
 */
export async function waitForRollout(cluster: KubernetesClient, objects: readonly WaitedObject[], options: WaitOptions): Promise<RolloutResult> {
  const observation = new WatchCache(cluster, options.clock, options.signal);
  try {
    return await new Rollout(cluster, objects, options, observation).result();
  } finally {
    observation.end();
  }
}

interface End {
  readonly outcome: RolloutResult['outcome'];
  readonly judgement: RolloutStatus;
  readonly trouble?: Trouble;
}

/** Milliseconds after which an object that was not seen is asked for. */
const UNSEEN = 1_000;

/** Milliseconds in which a rollout may be over before anyone asks for its pods: those are six requests. */
const AT_ONCE = 1_000;

/** Milliseconds for which a pod is unready without a word. */
const LONG = 10_000;

/** Milliseconds between two judgements, in multiples of what one takes: with many objects, the events of all of them come at once. */
const REST = 9;

/** Milliseconds that a judgement may take without a rest: with few objects, the next event may be the last. */
const SHORT = 5;

class Rollout {
  private readonly begun: number;
  private readonly patience: GracePeriods;
  private readonly endurance: GracePeriodTimer;
  private readonly surroundings: RolloutWatch;
  private readonly telling: ProgressReporter;
  private readonly steadiness: StabilizationWindow;

  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly objects: readonly WaitedObject[],
    private readonly options: WaitOptions,
    private readonly observation: WatchCache,
  ) {
    this.begun = options.clock.now();
    this.patience = { ...DEFAULT_GRACE_PERIODS, ...options.patience };
    this.endurance = new GracePeriodTimer(this.patience);
    this.steadiness = new StabilizationWindow(this.patience.steady);
    this.surroundings = new RolloutWatch(cluster, objects, options, observation);
    this.telling = new ProgressReporter(options.progress, this.mask);
  }

  public async result(): Promise<RolloutResult> {
    const { outcome, judgement: { workloads }, trouble } = await this.end();
    const ended = { outcome, elapsed: this.elapsed(), workloads };
    if (!trouble) return { ...ended, events: [], notes: [] };
    const object = this.objects.find((its) => titleOf(its) === trouble.workload);
    const current = object && this.surroundings.current(object);
    const workload = current === 'gone' ? undefined : current;
    const source = { cluster: this.cluster, namespace: this.options.namespace, mask: this.mask };
    return { ...ended, ...await evidenceOf(trouble, workload, this.surroundings, source) };
  }

  private async end(): Promise<End> {
    for (;;) {
      const now = this.options.clock.now();
      const judgement = this.judge(now);
      this.endurance.note(judgement.findings, now);
      this.telling.tell(judgement, this.worthALine(now), now - this.begun);
      const remaining = this.begun + this.options.budget - now;
      const unsteady = this.steadiness.left(judgement, now);
      if (unsteady <= 0 || (unsteady < Infinity && remaining <= 0)) return { outcome: 'ready', judgement };
      const due = this.endurance.due(now);
      if (due) return { outcome: 'failed', judgement, trouble: due.trouble };
      if (remaining <= 0) return { outcome: 'timed out', judgement, trouble: this.endurance.worst()?.trouble ?? unready(judgement) };
      await this.pause(now, Math.min(remaining, unsteady, judgement.valid, this.endurance.next() - now, this.lookAround(judgement, now)));
    }
  }

  private judge(now: number): RolloutStatus {
    const { surroundings, patience: { restarts } } = this;
    const current = (object: WaitedObject) => surroundings.current(object);
    return rolloutStatus(this.objects, { current, seen: surroundings.seen, restarts, now, elapsed: now - this.begun });
  }

  /** What becomes ready at once needs no look at its pods; what is in trouble has one now. Gives the milliseconds until there will be one. */
  private lookAround({ workloads, findings }: RolloutStatus, now: number): number {
    const isWaiting = workloads.some(({ ready, words }) => !ready && words !== NOT_SEEN);
    const left = findings.length > 0 ? 0 : this.begun + AT_ONCE - now;
    if (isWaiting && left <= 0) this.surroundings.needed();
    return isWaiting && left > 0 ? left : Infinity;
  }

  /** Every pod is unready for a while, and the end is told by the result. */
  private worthALine(now: number): Finding[] {
    const known = this.endurance.lasting(0, now).filter(({ patience }) => !['none', 'verdict', 'endless'].includes(patience));
    return [...known, ...this.endurance.lasting(LONG, now).filter(({ trouble, patience }) => patience === 'endless' && trouble.pod !== undefined)];
  }

  /** Until something has changed. */
  private async pause(judgedAt: number, longest: number): Promise<void> {
    const { clock, signal } = this.options;
    const rest = (clock.now() - judgedAt - SHORT) * REST;
    if (rest > 0) await clock.sleep(Math.min(rest, longest), signal);
    const unseen = this.objects.find((object) => this.surroundings.current(object) === undefined);
    if (unseen && this.elapsed() >= UNSEEN) this.surroundings.lookFor(unseen);
    await this.observation.change(Math.min(longest, unseen ? UNSEEN : longest));
  }

  private elapsed(): number {
    return this.options.clock.now() - this.begun;
  }

  private readonly mask = (text: string) => this.options.mask?.(text) ?? text;
}

function unready({ workloads }: RolloutStatus): Trouble {
  const first = workloads.find(({ ready }) => !ready);
  return { workload: first ? titleOf(first.object) : '', reason: 'NotReady', message: first?.words ?? '' };
}
