import type { RecordedRelease } from './history';
import { printable } from '../../../base/printable';
import { tableLines } from '../../io/table';
import type { DeployJob } from '../objects/release';

/**
 * A job for people: `pipeline 12, job 345, commit 0123abcd, https://…`.
 *
 * @param url Where to look at it; by default the job's own page.
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
 * How a release ended, for people.
 */
export function outcomeInWords({ outcome, rollbackOf }: RecordedRelease): string {
  const what = { begun: 'not ended', deployed: 'deployed', failed: 'failed', undone: 'failed, undone' }[outcome];
  return rollbackOf === undefined ? what : `${what}, rollback to ${rollbackOf}`;
}

/**
 * Rows of columns; the last one is as wide as it needs to be.
 */
export function columns(rows: ReadonlyArray<readonly string[]>): string {
  return tableLines(rows).map((line) => `${line}\n`).join('');
}
