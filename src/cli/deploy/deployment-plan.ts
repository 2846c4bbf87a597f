import type { RollOutOptions } from './apply/roll-out';
import type { NextObject, RecordedRelease, ReleaseHistory } from './history/history';
import type { Owner } from './objects/owner';
import type { PlannedChange } from './objects/planned-change';
import type { DeployJob, ReleaseObject } from './objects/release';
import type { Removal } from './prune/leftovers';
import type { PruneOptions } from './prune/prune';
import type { TakeOver, TakeOverPlan } from './take-over';

/**
 * How far a deployment may go, and whom it tells.
 */
export interface DeploymentOptions extends PruneOptions, Omit<RollOutOptions, 'written' | 'applied' | 'mayBeBroken'> {
  readonly owner: Owner;
  readonly adopt: boolean;
  readonly job: DeployJob;
  readonly allowOutdated: boolean;
  /** Whether the previous release is put back when this one fails. */
  readonly undo: boolean;
  /** Called before it is. Does not fail. */
  readonly beforeUndo?: () => Promise<void>;
  /** For an application that had another identity before. */
  readonly takeOver?: TakeOver;
}

/**
 * A release that is to be deployed.
 */
export interface Release {
  readonly objects: readonly ReleaseObject[];
  /** What belongs to it and is left as it is. */
  readonly untouched?: readonly NextObject[];
  /** The number of the release that comes back by it. */
  readonly rollbackOf?: number;
}

/**
 * What a deployment does, known before it begins.
 */
export interface DeploymentPlan {
  readonly release: Release;
  readonly steps: readonly PlannedChange[];
  readonly history?: ReleaseHistory;
  /** The release that it takes back, when an older pipeline's job is run again for that. */
  readonly rollbackFrom?: RecordedRelease;
  readonly pruning: Removal;
  /** Carried out before the release. */
  readonly takeOver?: TakeOverPlan;
}
