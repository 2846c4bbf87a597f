import { DEFAULT_GRACE_PERIODS, GracePeriods, GracePeriodTimer, type Finding, type RolloutProblem } from './diagnosis';
import { collectDiagnostics } from './diagnostics';
import { ProgressReporter } from './progress-reporter';
import { RolloutResult, titleOf, WaitedObject, WaitOptions } from './rollout';
import { NOT_SEEN, RolloutStatus, rolloutStatus, StabilizationWindow } from './rollout-status';
import { RolloutWatch } from './rollout-watch';
import { WatchCache } from './watch-cache';
import type { KubernetesClient } from '../../cluster/kubernetes-client';

/**
 * Waits until all objects are ready, one of them has a permanent error, or the time limit is over.
 *
 * The wait watches the objects. It survives closed connections, restarts of the API server and expired watches.
 *
 * @throws `ApiError` when the credential may not read the objects or has expired, `Unreachable` when the server cannot be reached because of a
 * permanent error, and the signal's reason when the signal is aborted.
 */
export async function waitForRollout(cluster: KubernetesClient, objects: readonly WaitedObject[], options: WaitOptions): Promise<RolloutResult> {
  const cache = new WatchCache(cluster, options.clock, options.signal);
  try {
    return await new RolloutWait(cluster, objects, options, cache).run();
  } finally {
    cache.stop();
  }
}

class RolloutWait {
  private readonly started: number;
  private readonly gracePeriods: GracePeriods;
  private readonly timer: GracePeriodTimer;
  private readonly window: StabilizationWindow;
  private readonly watch: RolloutWatch;
  private readonly reporter: ProgressReporter;

  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly objects: readonly WaitedObject[],
    private readonly options: WaitOptions,
    private readonly cache: WatchCache,
  ) {
    this.started = options.clock.now();
    this.gracePeriods = { ...DEFAULT_GRACE_PERIODS, ...options.gracePeriods };
    this.timer = new GracePeriodTimer(this.gracePeriods);
    this.window = new StabilizationWindow(this.gracePeriods.stabilization);
    this.watch = new RolloutWatch(cluster, objects, options, cache);
    this.reporter = new ProgressReporter(options.progress);
  }

  public async run(): Promise<RolloutResult> {
    this.watch.start();
    for (;;) {
      const now = this.options.clock.now();
      const status = this.status(now);
      this.timer.update(status.findings, now);
      this.reporter.report(status, this.reportable(now), now - this.started);

      const timeLeft = this.started + this.options.budget - now;
      const unstable = this.window.remaining(status, now);
      if (unstable <= 0 || (unstable < Infinity && timeLeft <= 0)) return this.ready(status);
      const expired = this.timer.expired(now);
      if (expired) return this.notReady('failed', status, expired.problem);
      if (timeLeft <= 0) return this.notReady('timed out', status, this.timer.main()?.problem ?? firstUnready(status));

      const podsNeededIn = this.watchPodsOnceNeeded(status, now);
      await this.pause(now, Math.min(timeLeft, unstable, status.validFor, this.timer.nextEnd() - now, podsNeededIn));
    }
  }

  private status(now: number): RolloutStatus {
    const { watch, gracePeriods: { restarts } } = this;
    const live = (object: WaitedObject) => watch.live(object);
    return rolloutStatus(this.objects, { live, snapshot: watch.snapshot, restarts, now, elapsed: now - this.started });
  }

  /** Problems that are printed while the wait goes on. All pods are unready for a while, so a pod is printed only after some seconds. */
  private reportable(now: number): Finding[] {
    const known = this.timer.lasting(0, now).filter(({ grace }) => !['none', 'diagnosing', 'timeout'].includes(grace));
    const unreadyPods = this.timer.lasting(LONG_UNREADY, now).filter(({ problem, grace }) => grace === 'timeout' && problem.pod !== undefined);
    return [...known, ...unreadyPods];
  }

  /**
   * Watches the pods as soon as there is a finding, which every workload has while it is not ready.
   * A new custom resource without a status has none: its wait ends without pods, or reads them after a moment.
   *
   * @returns The milliseconds until the pods are needed, or Infinity.
   */
  private watchPodsOnceNeeded({ workloads, findings }: RolloutStatus, now: number): number {
    const isWaiting = workloads.some(({ ready, message }) => !ready && message !== NOT_SEEN);
    if (!isWaiting) return Infinity;
    const delay = findings.length > 0 ? 0 : this.started + PODS_AFTER - now;
    if (delay > 0) return delay;
    this.watch.watchPods();
    return Infinity;
  }

  /** Sleeps until an object has changed, at most for this many milliseconds. */
  private async pause(checkedAt: number, longest: number): Promise<void> {
    const { clock, signal } = this.options;
    const rest = (clock.now() - checkedAt - FAST_CHECK) * REST_FACTOR;
    if (rest > 0) await clock.sleep(Math.min(rest, longest), signal);
    const unseen = this.objects.find((object) => this.watch.live(object) === undefined);
    if (unseen && this.elapsed() >= UNSEEN) this.watch.checkExists(unseen);
    await this.cache.nextChange(Math.min(longest, unseen ? UNSEEN : longest));
  }

  private ready({ workloads }: RolloutStatus): RolloutResult {
    return { outcome: 'ready', elapsed: this.elapsed(), workloads, events: [], notes: [] };
  }

  private async notReady(outcome: 'failed' | 'timed out', { workloads }: RolloutStatus, problem: RolloutProblem): Promise<RolloutResult> {
    const elapsed = this.elapsed();
    const object = this.objects.find((its) => titleOf(its) === problem.workload);
    const live = object && this.watch.live(object);
    const source = { cluster: this.cluster, namespace: this.options.namespace };
    return { outcome, elapsed, workloads, ...await collectDiagnostics(problem, live === 'deleted' ? undefined : live, this.watch, source) };
  }

  private elapsed(): number {
    return this.options.clock.now() - this.started;
  }

}

/** Milliseconds after which an object is read that its watch has not shown. */
const UNSEEN = 1_000;

/** Milliseconds before the pods of a rollout without findings are watched, which costs six requests. */
const PODS_AFTER = 1_000;

/** Milliseconds for which an unready pod is not printed. */
const LONG_UNREADY = 10_000;

/** The rest between two checks, in multiples of the time that a check takes: changes of many objects then share one check. */
const REST_FACTOR = 9;

/** Milliseconds that a check may take without a rest: with few objects, the next change may be the last. */
const FAST_CHECK = 5;

function firstUnready({ workloads }: RolloutStatus): RolloutProblem {
  const first = workloads.find(({ ready }) => !ready);
  return { workload: first ? titleOf(first.object) : '', reason: 'NotReady', message: first?.message ?? '' };
}
