import type { Step } from '../plan/dry-run';
import type { Removal } from '../prune/leftovers';
import type { RecordedRelease } from '../history/history';
import type { Progress, RolloutResult } from '../wait/rollout';
import type { Written } from './write';

/**
 * A part of a deployment.
 */
export type Phase = 'plan' | 'apply' | 'wait' | 'prune' | 'undo';

/**
 * What is going to be done.
 */
export interface Planned {
  readonly steps: readonly Step[];
  readonly pruning: Removal;
}

/**
 * Is told how a deployment goes on. Nothing that it does may fail.
 */
export interface DeployObserver {
  /** Stands around a part of it. */
  during<T>(phase: Phase, action: () => Promise<T>): Promise<T>;
  /** Before anything is written. */
  planned(planned: Planned): void;
  /** It is recorded. */
  begun(release: RecordedRelease): void;
  written(written: Written): void;
  progress(progress: Progress): void;
  waited(result: RolloutResult): void;
}
