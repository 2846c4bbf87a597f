import type { JsonObject } from '../../../base/json';

/**
 * Whose release it is. All three are recorded with it, and a release of another identity is never touched.
 */
export interface ReleaseIdentity {
  /** The id of the GitLab project (CI_PROJECT_ID), or `local`. */
  readonly project: string;
  readonly environment: string;
  readonly app: string;
}

/**
 * The job that deploys.
 */
export interface DeployJob {
  /** CI_PIPELINE_IID and CI_JOB_ID, which only grow; missing outside of CI. */
  readonly pipelineIid?: number;
  readonly jobId?: number;
  readonly commit?: string;
  readonly pipelineUrl?: string;
  readonly jobUrl?: string;
}

/**
 * One object of a release as its manifest says it, checked.
 */
export interface ReleaseObject {
  /** `file:line:column`, or the record that it was read from. */
  readonly at: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly value: JsonObject;
}

/**
 * An object in the cluster that belongs to a release.
 */
export interface OwnedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** The plural, as in paths. */
  readonly resource: string;
  readonly name: string;
  /** Of the object that was applied; a later one of the same name is somebody else's. */
  readonly uid: string;
}
