import type { RecordedRelease } from './history';
import { printable } from '../../../base/printable';
import type { DeployJob } from '../objects/release';

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

/**
 * A text table. All columns but the last are padded to the same width.
 */
export function columns(rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}
