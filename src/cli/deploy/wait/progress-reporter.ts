import { causeOf, Trouble } from './cause';
import type { Finding } from './diagnosis';
import type { Progress } from './rollout';
import { RolloutStatus, NOT_SEEN, titleOf } from './rollout-status';

/**
 * Says what has changed since it was last said.
 */
export class ProgressReporter {
  private readonly said = new Map<string, string>();
  private readonly troubles = new Set<string>();

  public constructor(private readonly progress: (progress: Progress) => void, private readonly mask: (text: string) => string) {}

  /**
   * @param troubles What is worth a line though it may still heal.
   */
  public tell({ workloads }: RolloutStatus, troubles: readonly Finding[], elapsed: number): void {
    const counts = { ready: workloads.filter(({ ready }) => ready).length, total: workloads.length, elapsed };
    for (const { object, ready, words } of workloads) {
      const workload = titleOf(object);
      if (words === NOT_SEEN || this.said.get(workload) === words) continue;
      this.said.set(workload, words);
      this.progress({ workload, state: ready ? 'ready' : 'waiting', words, ...counts });
    }
    for (const { trouble } of troubles) this.trouble(trouble, counts);
  }

  /** Each once for a workload and container: what is wrong with one pod is wrong with all of them. */
  private trouble(trouble: Trouble, counts: Pick<Progress, 'ready' | 'total' | 'elapsed'>): void {
    const key = [trouble.workload, trouble.container, trouble.reason].join('\n');
    if (this.troubles.has(key)) return;
    this.troubles.add(key);
    const { workload, line } = causeOf(trouble, this.mask);
    this.progress({ workload, state: 'trouble', words: line.slice(workload.length).replace(/^[,:] /, ''), ...counts });
  }
}
