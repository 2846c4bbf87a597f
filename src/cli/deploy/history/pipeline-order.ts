import type { RecordedRelease } from './history';
import type { DeployJob } from '../objects/release';

/**
 * How a job stands to one that deployed before: `rollback` is GitLab's Rollback button, which retries the job of an older pipeline;
 * `unordered` are jobs of which that cannot be said, such as those outside of CI.
 */
export type Order = 'newer' | 'same' | 'outdated' | 'rollback' | 'unordered';

/**
 * Pipelines and jobs are numbered as they are created, and a job that is retried gets a new number in its old pipeline.
 */
export function judgeOrder(recorded: DeployJob, job: DeployJob): Order {
  const pipelines = compare(job.pipelineIid, recorded.pipelineIid);
  const jobs = compare(job.jobId, recorded.jobId);
  if (pipelines === undefined || jobs === undefined) return 'unordered';
  if (pipelines === 0) return 'same';
  if (pipelines > 0) return jobs > 0 ? 'newer' : 'unordered';
  if (jobs > 0) return 'rollback';
  return job.commit !== undefined && job.commit === recorded.commit ? 'same' : 'outdated';
}

/**
 * A judgement and the release that it rests on.
 */
export interface Judgement {
  readonly order: Order;
  readonly release: RecordedRelease;
}

/**
 * How a job stands to what was deployed: outdated when it is so beside any release that is in the record and was not undone, since the last
 * one may have been a rollback; else as it stands to the last.
 */
export function judgeReleases(releases: readonly RecordedRelease[], job: DeployJob): Judgement | undefined {
  const judgements = releases.filter(({ outcome }) => outcome === 'deployed' || outcome === 'begun')
    .map((release) => ({ release, order: judgeOrder(release.job, job) }));
  return judgements.find(({ order }) => order === 'outdated') ?? judgements[0];
}

function compare(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.sign(a - b);
}
