import type { DeployJob, OwnedObject, ReleaseIdentity, ReleaseObject } from '../objects/release';

/**
 * How a release ended: `begun` has not, or nobody lived to say so; what it applied is in the cluster. `failed` has left it there, `undone` has not.
 */
export type Outcome = 'begun' | 'deployed' | 'failed' | 'undone';

/**
 * What the record says of one application in one environment.
 */
export interface ReleaseHistory {
  readonly identity: ReleaseIdentity;
  /** The newest first. */
  readonly releases: readonly RecordedRelease[];
  /** Everything that may be in the cluster because of a release: written before it is applied, taken out after it is deleted. */
  readonly objects: readonly RecordedObject[];
  /** The identities that the application had before, the newest first. */
  readonly formerly: readonly ReleaseIdentity[];
  /** The identity that it is being taken over from. That has not ended, and nothing else may be done before it has. */
  readonly takingOver?: ReleaseIdentity;
}

/**
 * An object of a release. The uid is missing until it is known that it was applied.
 */
export interface RecordedObject extends Omit<OwnedObject, 'uid'> {
  readonly uid?: string;
}

export interface RecordedRelease {
  /** Counted from 1. */
  readonly number: number;
  readonly outcome: Outcome;
  readonly job: DeployJob;
  /** By the clock of the job, as RFC 3339. */
  readonly begun: string;
  readonly ended?: string;
  /** The number of the release whose manifests were applied again. */
  readonly rollbackOf?: number;
  readonly objects: number;
  readonly images: readonly string[];
}

/**
 * A release that is about to be applied.
 */
export interface NextRelease {
  readonly job: DeployJob;
  readonly objects: readonly NextObject[];
  readonly rollbackOf?: number;
}

export interface NextObject extends ReleaseObject {
  /** The plural, as in paths. */
  readonly resource: string;
}

/**
 * What of a release can be applied again.
 */
export interface RecordedManifests {
  readonly objects: readonly ReleaseObject[];
  /** What is left as it is when the release comes back: Secrets, whose values are not recorded, and RBAC, which is never applied from a record. */
  readonly withheld: readonly WithheldObject[];
}

export interface WithheldObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Of the values of a Secret: SHA-256, in hexadecimal digits. */
  readonly hash?: string;
}

/**
 * The release that was the last to be deployed: what is put back when a later one fails.
 */
export function lastDeployed(history: ReleaseHistory | undefined): RecordedRelease | undefined {
  return history?.releases.find(({ outcome }) => outcome === 'deployed');
}
