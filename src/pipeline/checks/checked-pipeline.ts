import { isObject, JsonObject } from '../../base/json';
import type { Problem } from '../../base/user-error';
import type { PipelineJob } from '../jobs/job';
import type { Target } from '../targets/pipeline-plan';

/**
 * A job with all keywords that GitLab reads for it.
 */
export interface CheckedJob extends PipelineJob {
  /** Whether the user wrote the job. */
  readonly isAdded: boolean;
  /** The job's keywords, with those from `extends` and `default`. */
  readonly effective: JsonObject;
}

/**
 * A pipeline before it is written.
 */
export interface CheckedPipeline {
  readonly app: string;
  readonly targets: readonly Target[];
  readonly stages: readonly string[];
  readonly jobs: readonly CheckedJob[];
  /** Whether the file has the keyword `workflow`. */
  readonly hasWorkflow: boolean;
  /** Global keywords, as GitLab reads them. */
  readonly raw: JsonObject;
}

/** Finds all problems of one kind, in the order of the file. */
export type PipelineCheck = (pipeline: CheckedPipeline) => Problem[];

/** The name of a job in error messages. */
export function jobLabel(name: string): string {
  return `job ${name}`;
}

/**
 * The name of the job's environment. Variables in it are not expanded.
 */
export function environmentOf({ effective: { environment } }: CheckedJob): string | undefined {
  const name = isObject(environment) ? environment.name : environment;
  return typeof name === 'string' ? name : undefined;
}

/**
 * Whether the job can be in the environment of a target. A variable in the name can have any value.
 */
export function canBeIn(job: CheckedJob, target: Target): boolean {
  const environment = environmentOf(job);
  if (environment === undefined) return false;
  return environment === target.environment || namePattern(environment).test(target.environment);
}

function namePattern(name: string): RegExp {
  const parts = name.split(/\$\{?[A-Za-z_][A-Za-z0-9_]*\}?/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
