import type { RolloutStatus } from './rollout-status';

/**
 * Whether what is ready may be believed. A container without a readiness probe is ready whenever it runs, also between two crashes; after one was
 * seen, everything must stay ready for a while.
 */
export class StabilizationWindow {
  private hasCrashed = false;
  private readySince: number | undefined;

  /**
   * @param time Milliseconds.
   */
  public constructor(private readonly time: number) {}

  /** Milliseconds for which all must stay ready: none when that is known already, infinite as long as something is not ready. */
  public left({ workloads, findings }: Pick<RolloutStatus, 'workloads' | 'findings'>, now: number): number {
    // A Job that has completed stays so, whatever became of its earlier pods.
    this.hasCrashed ||= findings.some(({ trouble, patience }) => patience === 'restarts' && !trouble.workload.startsWith('Job '));
    this.readySince = workloads.every(({ ready }) => ready) ? this.readySince ?? now : undefined;
    if (this.readySince === undefined) return Infinity;
    return this.hasCrashed ? Math.max(0, this.readySince + this.time - now) : 0;
  }
}
