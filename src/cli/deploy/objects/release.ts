import { Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { kindName } from '../../../kubernetes/kinds';

/**
 * The application, environment and project of a release. All three are recorded. A deployment never changes a release of another identity.
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
 * One object of a release, from a manifest that passed the checks.
 */
export interface ReleaseObject {
  /** `file:line:column`, or the record with the manifest. */
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
  /** Of the object that was applied. A later object of the same name has another uid and another owner. */
  readonly uid: string;
}

/**
 * The key of an object in its namespace. It is the same in all versions of the object's API.
 */
export function objectKey({ apiVersion, kind, name }: Pick<ReleaseObject, 'apiVersion' | 'kind' | 'name'>): string {
  return `${kindName(apiVersion, kind)}/${name}`;
}

export function isSameIdentity(one: ReleaseIdentity, other: ReleaseIdentity): boolean {
  return one.project === other.project && one.environment === other.environment && one.app === other.app;
}

/**
 * An identity for messages: `application web, environment production, project 42`.
 */
export function identityInWords({ project, environment, app }: { readonly [part in keyof ReleaseIdentity]?: Json }): string {
  const text = (value: Json | undefined) => (value === undefined ? 'unknown' : printableText(String(value)));
  return `application ${text(app)}, environment ${text(environment)}, project ${text(project)}`;
}
