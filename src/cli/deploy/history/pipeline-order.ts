import { jobInWords, type RecordedRelease, type ReleaseHistory } from './history';
import { ExitCode, Failure } from '../../base/failure';
import type { DeployJob } from '../objects/release';

/**
 * The order of a job after an earlier one. `rollback`: GitLab's Rollback button, which retries the job of an older pipeline. `unordered`: the order
 * is unknown, for instance outside of CI.
 */
export type PipelineOrder = 'newer' | 'same' | 'outdated' | 'rollback' | 'unordered';

/**
 * Compares a job with the job of a recorded release.
 *
 * GitLab numbers pipelines and jobs as it creates them. A retried job has a new number in its old pipeline.
 */
export function comparePipelines(recorded: DeployJob, job: DeployJob): PipelineOrder {
  const pipelines = compare(job.pipelineIid, recorded.pipelineIid);
  const jobs = compare(job.jobId, recorded.jobId);
  if (pipelines === undefined || jobs === undefined) return 'unordered';
  if (pipelines === 0) return 'same';
  if (pipelines > 0) return jobs > 0 ? 'newer' : 'unordered';
  if (jobs > 0) return 'rollback';
  return job.commit !== undefined && job.commit === recorded.commit ? 'same' : 'outdated';
}

/**
 * A recorded release, and the order of the present job after it.
 */
export interface ComparedRelease {
  readonly order: PipelineOrder;
  readonly release: RecordedRelease;
}

/**
 * Compares a job with the recorded releases that are in the cluster: those with the outcome `deployed` or `begun`.
 *
 * A job is outdated when it is outdated after any of them, because the newest release may be a rollback. Otherwise the newest one counts.
 */
export function compareWithReleases(releases: readonly RecordedRelease[], job: DeployJob): ComparedRelease | undefined {
  const compared = releases.filter(({ outcome }) => outcome === 'deployed' || outcome === 'begun')
    .map((release) => ({ release, order: comparePipelines(release.job, job) }));
  return compared.find(({ order }) => order === 'outdated') ?? compared[0];
}

/**
 * Compares a job with the release history.
 *
 * @throws `Failure` when a newer pipeline has deployed, unless `allowOutdated`.
 */
export function checkOutdated(history: ReleaseHistory | undefined, job: DeployJob, allowOutdated: boolean): ComparedRelease | undefined {
  const compared = compareWithReleases(history?.releases ?? [], job);
  if (compared?.order !== 'outdated' || allowOutdated) return compared;
  const { number, job: newer } = compared.release;
  throw new Failure([
    `this job is outdated: release ${number} is of a newer pipeline; nothing was written`,
    `  deployed: ${jobInWords(newer, newer.pipelineUrl)}`,
    `  this job: ${jobInWords(job, job.pipelineUrl)}`,
    '  run the job of the newest pipeline, use GitLab\'s Rollback button to go back, or allow it (--allow-outdated)',
  ].join('\n'), ExitCode.NO);
}

function compare(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.sign(a - b);
}
