import type { Written } from './write';
import type { RecordedRelease } from '../history/history';
import type { PlannedChange } from '../objects/planned-change';
import type { Removal } from '../prune/prune';
import type { Progress, RolloutResult } from '../wait/rollout';

/**
 * A phase of a deployment.
 */
export type Phase = 'plan' | 'apply' | 'wait' | 'prune' | 'undo';

/**
 * The changes of a deployment.
 */
export interface PlannedChanges {
  readonly changes: readonly PlannedChange[];
  readonly pruning: Removal;
}

/**
 * The planned change of a pull secret.
 */
export interface PlannedPullSecret {
  readonly name: string;
  readonly registry: string;
  readonly result: 'created' | 'changed' | 'unchanged';
}

/**
 * Everything that a report learns about a deployment. Its methods do not fail.
 */
export interface DeployObserver {
  /** Runs a phase. */
  during<T>(phase: Phase, action: () => Promise<T>): Promise<T>;
  /** Called before the first write. */
  planned(planned: PlannedChanges): void;
  pullSecretPlanned(pullSecret: PlannedPullSecret): void;
  /** Called when the release is in the history. */
  recorded(release: RecordedRelease): void;
  written(written: Written): void;
  progress(progress: Progress): void;
  waited(result: RolloutResult): void;
}
