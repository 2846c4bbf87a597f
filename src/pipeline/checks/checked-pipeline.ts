import type { JsonObject } from '../../base/json';
import type { Problem } from '../../base/user-error';
import type { PipelineJob } from '../jobs/job';
import type { Target } from '../targets/target';

/**
 * A job with all that GitLab will read of it.
 */
export interface CheckedJob extends PipelineJob {
  /** Whether the user has written it, not this library. */
  readonly isAdded: boolean;
  /** Its keywords with those that `extends` and `default` give. */
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
  /** Whether the file says when there is a pipeline at all. */
  readonly hasWorkflow: boolean;
  /** Global keywords as GitLab reads them. */
  readonly raw: JsonObject;
}

/** What is wrong with a pipeline in one respect: all of it, in the order of the file. */
export type PipelineCheck = (pipeline: CheckedPipeline) => Problem[];

/** How refusals name a job. */
export function jobNamed(name: string): string {
  return `job ${name}`;
}
