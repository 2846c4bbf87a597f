import type { JobKeywords, PipelineJob } from './job';
import { SCRIPT_TIMEOUT_COMMENT, scriptTimeout, type ScriptTime } from './script-timeout';
import type { Json } from '../../base/json';
import { userError, show } from '../../base/user-error';

/**
 * Options of every generated job.
 */
export interface JobOptions {
  /**
   * The name of the job. When there is one job for each environment, `-<environment>` is added to it.
   *
   * @default - what the job does: `build`, `container`, `synth`, `deploy-<environment>`
   */
  readonly name?: string;

  /**
   * The image that the job runs in, with a version or a digest. A moved tag would change the job without a commit.
   *
   * @default - a version that was current when this library was released
   */
  readonly image?: string;

  /**
   * The tags of the runners that may take the job.
   *
   * @default - any runner that takes jobs without tags
   */
  readonly tags?: string[];

  /**
   * Jobs of your own that must succeed before this job starts.
   *
   * @default - none, but the image job waits for all of your jobs in earlier stages that must succeed
   */
  readonly needs?: string[];

  /**
   * CI/CD variables of the job. They are in the file, so they are not secret. Variables that the job itself sets cannot be changed.
   *
   * @default - none but the job's own
   */
  readonly variables?: { [name: string]: string };

  /**
   * The longest time that the job may take, in GitLab's syntax: `1 hour`.
   * The script of a job with a credential ends ten minutes earlier (RUNNER_SCRIPT_TIMEOUT), so that the runner still removes the credential.
   *
   * @default - the project's; for jobs that deploy, the time of a rollout, its rollback and the job's own work: 45 minutes
   */
  readonly timeout?: string;

  /**
   * Keywords of GitLab without an option here, in GitLab's syntax: `{ retry: 1 }`. A keyword that the job itself sets cannot be changed.
   *
   * @default - none
   * @see https://docs.gitlab.com/ci/yaml/
   */
  readonly raw?: { [keyword: string]: any };
}

/**
 * A job of this library before the user's options are applied.
 */
export interface GeneratedJob extends Omit<PipelineJob, 'raw'> {
  readonly options: JobOptions;
  /** For a job with a credential: the time that its script may take. */
  readonly scriptTime?: ScriptTime;
}

/**
 * Applies the user's options to a job. The options cannot change anything that the job needs.
 */
export function generatedJob({ options, scriptTime, ...job }: GeneratedJob): PipelineJob {
  const { keywords, name } = job;
  const limits = scriptTime && scriptTimeout(name, scriptTime, options.timeout);
  const needs = options.needs?.map((needed) => ({ job: needed, artifacts: false })) ?? [];
  const merged: JobKeywords = {
    ...keywords,
    tags: options.tags,
    timeout: limits?.timeout ?? options.timeout,
    needs: keywords.needs === undefined && needs.length === 0 ? undefined : [...keywords.needs ?? [], ...needs],
    variables: mergedVariables(name, { ...keywords.variables, ...limits?.variables }, options.variables),
  };
  for (const keyword of Object.keys(options.raw ?? {})) checkRaw(name, keyword, merged);
  const comments = limits ? { ...job.comments, 'variables.RUNNER_SCRIPT_TIMEOUT': SCRIPT_TIMEOUT_COMMENT } : job.comments;
  return {
    ...job,
    ...comments && { comments },
    ...job.isGated && { isGated: options.needs === undefined },
    keywords: merged,
    raw: options.raw as { readonly [keyword: string]: Json } | undefined,
  };
}

type Variables = JobKeywords['variables'];

function mergedVariables(job: string, own: Variables = {}, chosen: Variables = {}): Variables {
  const other = Object.keys(chosen).find((name) => Object.hasOwn(own, name) && own[name] !== chosen[name]);
  if (other !== undefined) {
    throw userError({
      at: `job ${job}`,
      given: `the option variables sets ${other} to ${show(chosen[other])}`,
      expected: `${show(own[other])}, which the job needs`,
      fix: `remove ${other} from variables`,
    });
  }
  const variables = { ...own, ...chosen };
  return Object.keys(variables).length === 0 ? undefined : variables;
}

function checkRaw(job: string, keyword: string, keywords: JobKeywords): void {
  if (new Map<string, unknown>(Object.entries(keywords)).get(keyword) === undefined) return;
  throw userError({
    at: `job ${job}`,
    given: `raw has ${show(keyword)}, which the job already sets`,
    expected: 'keywords that the job does not set',
    fix: RAW_FIXES.get(keyword) ?? `remove ${keyword} from raw`,
  });
}

const RAW_FIXES = new Map([
  ...['image', 'tags', 'variables', 'timeout', 'script'].map((keyword) => [keyword, `use the option ${keyword}`] as const),
  ['rules', 'remove rules from raw, and choose the refs of the targets'],
  ['retry', 'remove retry from raw: a second attempt could overwrite a newer deployment'],
  ['interruptible', 'remove interruptible from raw: a cancelled deployment leaves the release half written'],
]);
