import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The statuses of jobs that ran. `warning` is a failed job with `allow_failure`. */
export type JobStatus = 'success' | 'failed' | 'warning';

/**
 * The result of a job.
 */
export interface JobRun {
  /** CI_JOB_ID. */
  readonly id: string;
  readonly status: JobStatus;
  /** The exit code of its script. */
  readonly exitCode: number;
  /** Its log, with standard error. */
  readonly log: string;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The jobs that gitlab-ci-local has run in a clone, by name.
 */
export function readJobs(clone: string, { stdout, stderr }: Output): Record<string, JobRun> {
  const reported = [...stdout.matchAll(/^ (PASS|FAIL|WARN) +(\S+) *(?:pre_script)?$/gm)];
  return Object.fromEntries(reported.map(([, word = '', name = '']) => {
    const [, code = '0'] = new RegExp(`^${name} +finished in .+ (?:FAIL|WARN) (\\d+) *$`, 'm').exec(stderr) ?? [];
    const log = readIfExists(join(clone, STATE, 'output', `${name}.log`));
    return [name, { id: jobId(clone, name), status: STATUS[word]!, exitCode: Number(code), log }];
  }));
}

/** Removes the state of jobs that ran in a clone, and keeps their artifacts. */
export function forgetJobs(clone: string): void {
  for (const name of ['builds', 'scripts']) rmSync(join(clone, STATE, name), { recursive: true, force: true });
}

function jobId(clone: string, name: string): string {
  const script = readdirSync(join(clone, STATE, 'scripts')).find((file) => file.startsWith(`${name}_`)) ?? '';
  return script.slice(name.length + 1);
}

/** The path of a file in a job's artifacts. */
export function artifact(clone: string, job: string, name: string): string {
  return join(clone, STATE, 'artifacts', job, name);
}

/** The texts of all artifacts and reports. */
export function allArtifacts(clone: string): string[] {
  const files = readdirSync(artifact(clone, '', ''), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
}

/** The variables of a job's dotenv report. */
export function dotenvReport(clone: string, job: string, name: string): Record<string, string> {
  const text = readIfExists(artifact(clone, job, join('.gitlab-ci-reports', 'dotenv', name)));
  return Object.fromEntries(text.split('\n').filter((line) => line !== '').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

const STATE = '.gitlab-ci-local';
const STATUS: Readonly<Record<string, JobStatus>> = { PASS: 'success', FAIL: 'failed', WARN: 'warning' };

function readIfExists(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
