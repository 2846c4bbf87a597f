import type { Written } from './write';
import type { RecordedRelease } from '../history/history';
import type { PlannedChange } from '../objects/planned-change';
import type { Removal } from '../prune/leftovers';
import type { Progress, RolloutResult } from '../wait/rollout';

/**
 * A part of a deployment.
 */
export type Phase = 'plan' | 'apply' | 'wait' | 'prune' | 'undo';

/**
 * What is going to be done.
 */
export interface Planned {
  readonly steps: readonly PlannedChange[];
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
