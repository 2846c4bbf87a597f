import type { RolloutStatus } from './rollout-status';

/**
 * The time for which all objects must stay ready after a container has crashed.
 * A container without a readiness probe is ready whenever it runs, also between two crashes.
 */
export class StabilizationWindow {
  private hasCrashed = false;
  private readySince: number | undefined;

  /**
   * @param length Milliseconds.
   */
  public constructor(private readonly length: number) {}

  /** The milliseconds for which all objects must still stay ready. It is 0 when the rollout is complete, and Infinity while an object is not ready. */
  public remaining({ workloads, findings }: Pick<RolloutStatus, 'workloads' | 'findings'>, now: number): number {
    // A complete Job stays complete, even if earlier pods of it have failed.
    this.hasCrashed ||= findings.some(({ problem, grace }) => grace === 'restarts' && !problem.workload.startsWith('Job '));
    this.readySince = workloads.every(({ ready }) => ready) ? this.readySince ?? now : undefined;
    if (this.readySince === undefined) return Infinity;
    return this.hasCrashed ? Math.max(0, this.readySince + this.length - now) : 0;
  }
}
