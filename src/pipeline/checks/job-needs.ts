import type { CheckedJob } from './checked-pipeline';
import { isObject, Json } from '../../base/json';

/**
 * A job of the same pipeline that is needed.
 */
export interface JobNeed {
  readonly job: string;
  readonly artifacts: boolean;
  /** Whether the pipeline is accepted without it. */
  readonly optional: boolean;
}

/**
 * What a job needs of its own pipeline; nothing where it has no `needs`, so that it waits for the stages before its own.
 *
 * @see https://docs.gitlab.com/ci/yaml/#needs
 */
export function needsOf({ effective: { needs } }: CheckedJob): JobNeed[] | undefined {
  if (needs === undefined) return undefined;
  return (Array.isArray(needs) ? needs.flat() : [needs]).flatMap(needOf);
}

function needOf(need: Json): JobNeed[] {
  if (typeof need === 'string') return [{ job: need, artifacts: true, optional: false }];
  // With `project` or `pipeline` it is a job of another pipeline.
  if (!isObject(need) || typeof need.job !== 'string' || need.project !== undefined || need.pipeline !== undefined) return [];
  return [{ job: need.job, artifacts: need.artifacts !== false, optional: need.optional === true }];
}
