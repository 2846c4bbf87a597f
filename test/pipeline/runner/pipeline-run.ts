import { execFileSync } from 'node:child_process';
import { unzipSync, zipSync } from 'fflate';
import { CiFile, JobDefinition, readCiFile } from './ci-file';
import { Job } from './job';
import { JobGraph } from './job-graph';
import { JobsApi, JobSource, RunnerInfo } from './jobs-api';
import { payload } from './payload';
import { PipelineEvent, ProjectVariable, PUSH_TO_MAIN } from './pipeline-event';
import { decide, Decision, isAllowed } from './rules';
import { RunnerOptions, RunnerProcess } from './runner-process';
import { plainText } from './trace';
import { VariableSources, variablesOfJob } from './variables';

/**
 * The result of a job.
 */
export interface JobResult {
  /** CI_JOB_ID. */
  readonly id: string;
  /** `warning` is a failed job with `allow_failure`. */
  readonly status: 'success' | 'failed' | 'warning' | 'canceled';
  readonly failureReason?: string;
  readonly exitCode: number;
  /** The log as GitLab shows it. */
  readonly log: string;
}

export interface PipelineRunOptions {
  /** The text of .gitlab-ci.yml. */
  readonly file: string;
  /** A bare repository. */
  readonly repository: string;
  readonly commit: string;
  readonly runner: RunnerOptions;
  readonly iid: number;
  readonly event?: PipelineEvent;
  readonly projectVariables?: readonly ProjectVariable[];
  readonly predefined?: Readonly<Record<string, string>>;
  /** Makes an id_token for an audience. */
  readonly idToken?: (audience: string | readonly string[], job: Job) => string;
}

/** A choice of the jobs to run, and of what happens meanwhile. */
export interface RunChoice {
  /** Runs only these jobs, with the existing artifacts. */
  readonly jobs?: readonly string[];
  /** Manual jobs that a person starts. */
  readonly manual?: readonly string[];
  /** Variables that are added to the project's, or replace those of the same key and scope. */
  readonly variables?: readonly ProjectVariable[];
  /** The keys of variables of the project that the jobs do not get. */
  readonly without?: readonly string[];
  /** Changes a job of the file. */
  readonly change?: (definition: JobDefinition) => JobDefinition;
  /** Seconds between two updates of a running job. */
  readonly updateInterval?: number;
  /** Is called for each part of a log. */
  readonly onTrace?: (job: string, text: string) => void;
}

/**
 * One pipeline: plays GitLab, and lets GitLab Runner run the jobs, one after the other.
 */
export class PipelineRun implements JobSource {
  public readonly repository: string;
  private readonly file: CiFile;
  private readonly api = new JobsApi(this);
  private readonly jobs: Job[] = [];
  private waiting?: Job;
  private running?: { readonly job: Job; readonly process: RunnerProcess };
  private choice: RunChoice = {};

  constructor(private readonly options: PipelineRunOptions) {
    this.repository = options.repository;
    this.file = readCiFile(options.file);
  }

  public get updateInterval(): number {
    return this.choice.updateInterval ?? WATCHED;
  }

  /**
   * Runs the jobs of the pipeline.
   *
   * @returns The jobs that ran, by name. A job that was retried is its last attempt.
   */
  public async run(choice: RunChoice = {}): Promise<Record<string, JobResult>> {
    this.choice = choice;
    await this.api.listen();
    try {
      const results = await this.runJobs();
      if (this.api.error) throw this.api.error;
      return results;
    } finally {
      await this.api.close();
    }
  }

  /** The log of the running job so far. */
  public get runningTrace(): string {
    return this.running?.job.trace.toString() ?? '';
  }

  /** Cancels the running job, as a person does in GitLab. `force` is the second time. */
  public cancel({ force = false } = {}): void {
    const job = this.running?.job;
    if (!job) throw new Error('no job is running');
    job.cancellation = !force && job.cancelsGracefully ? 'canceling' : 'canceled';
  }

  /** Kills the runner of the running job. */
  public killRunner(): void {
    this.running?.process.kill();
  }

  /** The variables of a job's dotenv report. */
  public dotenv(name: string): Readonly<Record<string, string>> {
    return this.last(name)?.dotenv ?? {};
  }

  /** The content of a report of a job. */
  public report(name: string, type: string): string | undefined {
    return this.last(name)?.artifacts.get(type)?.toString();
  }

  /** The files in the archive of a job, by path. */
  public files(name: string): Record<string, Uint8Array> {
    const archive = this.last(name)?.artifacts.get('archive');
    return archive ? unzipSync(archive) : {};
  }

  /** Replaces files in the archive of a job, as an attacker could who writes to GitLab's storage. */
  public replaceFiles(name: string, files: Record<string, Uint8Array>): void {
    this.last(name)?.artifacts.set('archive', Buffer.from(zipSync({ ...this.files(name), ...files })));
  }

  /** Replaces variables of a job's dotenv report. */
  public replaceDotenv(name: string, variables: Record<string, string>): void {
    const job = this.last(name);
    if (job) job.dotenv = { ...job.dotenv, ...variables };
  }

  /** The texts of all artifacts and reports. */
  public artifacts(): string[] {
    return this.jobs.flatMap(({ name, artifacts }) => [...artifacts].flatMap(([type, content]) => (
      type === 'archive' ? Object.values(this.files(name)).map((file) => Buffer.from(file).toString()) : [content.toString()]
    )));
  }

  /** The log of a job as the runner sent it. */
  public trace(name: string): string {
    return this.last(name)?.trace.toString() ?? '';
  }

  /** The logs of all jobs and attempts, and what GitLab refused of them. */
  public traces(): string[] {
    return this.jobs.flatMap(({ trace, refusedTrace }) => [trace.toString(), refusedTrace?.toString() ?? '']);
  }

  public take({ features }: RunnerInfo): { readonly payload: object } | undefined {
    const job = this.waiting;
    if (!job) return undefined;
    this.waiting = undefined;
    job.status = 'running';
    job.cancelsGracefully = features?.cancel_gracefully ?? false;
    const sources = this.graph().artifactSources(job.definition).flatMap((name) => this.last(name) ?? []);
    const dotenv = Object.assign({}, ...sources.map((source) => source.dotenv)) as Record<string, string>;
    return { payload: payload(job, this.sources(), variablesOfJob(job, this.sources(), dotenv, this.idTokens(job)), sources) };
  }

  public job(id: number): Job | undefined {
    return Number.isNaN(id) ? this.running?.job : this.jobs.find((job) => job.id === id);
  }

  public traced(job: Job, text: string): void {
    this.choice.onTrace?.(job.name, text);
  }

  private async runJobs(): Promise<Record<string, JobResult>> {
    if (!isAllowed(this.file, this.sources())) throw new Error('workflow:rules do not allow this pipeline');
    const results: Record<string, JobResult> = {};
    const decisions = this.decisions();
    for (const definition of this.graph().inOrder()) {
      const decision = decisions.get(definition.name)!;
      if (this.choice.jobs && !this.choice.jobs.includes(definition.name) || !this.isStarted(definition, decision)) continue;
      results[definition.name] = resultOf(await this.attempts(definition, decision));
    }
    return results;
  }

  private isStarted(definition: JobDefinition, { when }: Decision): boolean {
    const { jobs, manual = [] } = this.choice;
    if (when === 'manual') return manual.includes(definition.name) || jobs?.includes(definition.name) === true;
    if (when === 'always' || jobs) return true;
    const decisions = this.decisions();
    const isGood = this.graph().before(definition).every((name) => {
      const job = this.last(name);
      const isSkippedManual = !job && decisions.get(name)?.when === 'manual' && decisions.get(name)?.allowFailure;
      return job?.allowsOthers || isSkippedManual;
    });
    return when === 'on_failure' ? !isGood : isGood;
  }

  /** A failed job is retried as often as it says. */
  private async attempts(definition: JobDefinition, decision: Decision): Promise<Job> {
    for (let attempt = 0; ; attempt++) {
      const job = await this.runOne(definition, decision);
      const { max, when } = definition.retry;
      const isRetried = job.status === 'failed' && attempt < max && (when.includes('always') || when.includes(job.failureReason ?? ''));
      if (!isRetried) return job;
    }
  }

  private async runOne(definition: JobDefinition, decision: Decision): Promise<Job> {
    const { runner, iid } = this.options;
    const changed = this.choice.change?.(definition) ?? definition;
    const job = new Job(FIRST_ID + iid * 100 + this.jobs.length + 1, changed, decision.allowFailure, decision.variables, decision.environment);
    this.jobs.push(job);
    job.status = 'pending';
    this.waiting = job;
    const process = new RunnerProcess(runner, this.api.url);
    this.running = { job, process };
    await process.ended();
    this.running = undefined;
    if (job.status === 'pending') throw new Error(`the runner did not take ${job.name}\n${process.output}`);
    // GitLab fails a job whose runner says nothing any more: app/workers/stuck_ci_jobs_worker.rb.
    if (job.status === 'running') Object.assign(job, job.cancellation ? { status: 'canceled' } : { status: 'failed', failureReason: 'stuck_or_timeout_failure' });
    return job;
  }

  private idTokens(job: Job): Record<string, string> {
    const { idToken } = this.options;
    return Object.fromEntries(Object.entries(job.definition.idTokens).map(([variable, audience]) => {
      if (!idToken) throw new Error(`${job.name}: the coordinator has no issuer for id_tokens`);
      return [variable, idToken(audience, job)];
    }));
  }

  /** The jobs that are in the pipeline. */
  private decisions(): ReadonlyMap<string, Decision> {
    const sources = this.sources();
    return new Map(this.file.jobs.flatMap((definition) => {
      const decision = decide(definition, sources);
      return decision ? [[definition.name, decision] as const] : [];
    }));
  }

  private graph(): JobGraph {
    const decisions = this.decisions();
    return new JobGraph(this.file.stages, this.file.jobs.filter(({ name }) => decisions.has(name)));
  }

  private sources(): VariableSources {
    const { iid, commit, event = PUSH_TO_MAIN, projectVariables = [], predefined = {} } = this.options;
    const { variables = [], without = [] } = this.choice;
    const isReplaced = ({ key, environmentScope = '*' }: ProjectVariable) => variables.some((other) => other.key === key && (other.environmentScope ?? '*') === environmentScope);
    const own = projectVariables.filter((variable) => !without.includes(variable.key) && !isReplaced(variable));
    return {
      url: this.api.url,
      pipelineId: 4700 + iid,
      pipelineIid: iid,
      commit,
      event,
      fileVariables: this.file.variables,
      projectVariables: [...own, ...variables],
      predefined,
      timeout: 3600,
    };
  }

  private last(name: string): Job | undefined {
    return this.jobs.filter((job) => job.name === name).at(-1);
  }
}

/** Ids of jobs are unique in a GitLab: generated jobs name folders in /tmp by them, and test files run at the same time. */
const FIRST_ID = process.pid * 10_000;

/** Seconds, while a person watches the log of the job: app/models/ci/build_trace… of GitLab, `UPDATE_FREQUENCY_WHEN_BEING_WATCHED`. */
const WATCHED = 3;

function resultOf({ id, status, allowFailure, failureReason, exitCode, trace }: Job): JobResult {
  const result = status === 'success' || status === 'canceled' ? status : allowFailure ? 'warning' : 'failed';
  return { id: String(id), status: result, failureReason, exitCode, log: plainText(trace.toString()) };
}

/**
 * Makes a bare copy of a repository with the ref that GitLab creates for a pipeline.
 *
 * @returns The commit.
 */
export function bareRepository(source: string, target: string, pipelineId: number): string {
  execFileSync('git', ['clone', '--quiet', '--bare', source, target], { stdio: 'pipe' });
  const commit = execFileSync('git', ['-C', target, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  execFileSync('git', ['-C', target, 'update-ref', `refs/pipelines/${pipelineId}`, commit]);
  return commit;
}
