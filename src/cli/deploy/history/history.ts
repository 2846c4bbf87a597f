import { printable } from '../../../base/printable';
import type { DeployJob, OwnedObject, ReleaseIdentity, ReleaseObject } from '../objects/release';

/**
 * The outcome of a release.
 *
 * - `begun`: not complete, or its job was killed. Its objects may be in the cluster.
 * - `deployed`: complete.
 * - `failed`: failed without a rollback. Its objects are in the cluster.
 * - `undone`: failed and rolled back.
 */
export type Outcome = 'begun' | 'deployed' | 'failed' | 'undone';

/**
 * The recorded releases of one application in one environment.
 */
export interface ReleaseHistory {
  readonly identity: ReleaseIdentity;
  /** The newest first. */
  readonly releases: readonly RecordedRelease[];
  /** All objects of releases that may be in the cluster. An object is recorded before its apply, and removed from the record after its deletion. */
  readonly objects: readonly RecordedObject[];
  /** Previous identities of the application, the newest first. */
  readonly formerly: readonly ReleaseIdentity[];
  /** The previous identity, while a take-over is not complete. The take-over must complete before any other deployment. */
  readonly takingOver?: ReleaseIdentity;
}

/**
 * An object of a release. The uid is unknown until the object is applied.
 */
export interface RecordedObject extends Omit<OwnedObject, 'uid'> {
  readonly uid?: string;
}

/**
 * A release in the record, without its manifests.
 */
export interface RecordedRelease {
  /** Counted from 1. */
  readonly number: number;
  readonly outcome: Outcome;
  readonly job: DeployJob;
  /** RFC 3339, by the job's clock. */
  readonly begun: string;
  readonly ended?: string;
  /** The number of the release that this one restored. */
  readonly rollbackOf?: number;
  /** The number of objects. */
  readonly objects: number;
  readonly images: readonly string[];
}

/**
 * A release before its apply.
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
 * The manifests of a release that a rollback can apply.
 */
export interface RecordedManifests {
  readonly objects: readonly ReleaseObject[];
  /** Objects that a rollback does not change: Secrets, because their values are not recorded, and RBAC objects, for safety. */
  readonly withheld: readonly WithheldObject[];
}

/**
 * An object without its manifest.
 */
export interface WithheldObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The SHA-256 of a Secret's values, hexadecimal. */
  readonly hash?: string;
}

/**
 * The newest release with the outcome `deployed`. A failed deployment rolls back to it.
 */
export function lastDeployed(history: ReleaseHistory | undefined): RecordedRelease | undefined {
  return history?.releases.find(({ outcome }) => outcome === 'deployed');
}

/**
 * A job for messages: `pipeline 12, job 345, commit 0123abcd, https://…`.
 *
 * @param url By default the page of the job, or else of its pipeline.
 */
export function jobInWords(job: DeployJob, url = job.jobUrl ?? job.pipelineUrl): string {
  const { pipelineIid, jobId, commit } = job;
  const parts = [
    pipelineIid === undefined ? [] : `pipeline ${pipelineIid}`,
    jobId === undefined ? [] : `job ${jobId}`,
    commit === undefined ? [] : `commit ${commit.slice(0, 8)}`,
    url ?? [],
  ].flat();
  return printable(parts.join(', ') || 'outside of CI');
}

/**
 * The outcome of a release for messages: `failed, rolled back`.
 */
export function outcomeInWords({ outcome, rollbackOf }: RecordedRelease): string {
  const text = { begun: 'not complete', deployed: 'deployed', failed: 'failed', undone: 'failed, rolled back' }[outcome];
  return rollbackOf === undefined ? text : `${text}, rollback to ${rollbackOf}`;
}
