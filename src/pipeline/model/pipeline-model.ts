import { isObject, Json } from '../../base/json';
import type { HeldCredential, PipelineJob } from '../jobs/job';
import type { PipelinePlan, Target } from '../targets/pipeline-plan';

/**
 * A pipeline for the command `pipeline`: the file's jobs, and what GitLab's keywords do not contain, such as credentials.
 * The program writes it as JSON, so the names of the properties are part of that format.
 */
export interface PipelineModel {
  /** The name of the application. */
  readonly app: string;
  /** The variable that passes the image reference from job to job. */
  readonly variable: string;
  /** In their order. */
  readonly stages: readonly string[];
  readonly jobs: readonly JobModel[];
  readonly targets: readonly TargetModel[];
}

/** One job. */
export interface JobModel {
  readonly name: string;
  readonly stage: string;
  /** Undefined when the job waits for all earlier stages. */
  readonly needs?: readonly NeedModel[];
  /** As in the file, with its variables. */
  readonly environment?: string;
  /** The job's effect on the environment. `uses` means that it only gets the environment's variables. */
  readonly action: 'deploys' | 'stops' | 'uses';
  /** Its `rules` in order. Missing when it has none. */
  readonly rules?: readonly RuleModel[];
  /** Whether a person must start it. */
  readonly manual: boolean;
  /** Whether it runs for protected refs only. */
  readonly protected: boolean;
  /** The paths of its artifacts. */
  readonly artifacts: readonly string[];
  /** The variables that it writes to its dotenv report. */
  readonly gives: readonly string[];
  /** The variables that its script needs from dotenv reports. */
  readonly takes: readonly string[];
  /** Its credentials. */
  readonly holds: readonly HeldCredential[];
}

/** One of the `rules` of a job. */
export interface RuleModel {
  readonly if?: string;
  readonly changes?: readonly string[];
  readonly exists?: readonly string[];
  /** As in the file: `on_success`, `manual`, `never` … */
  readonly when: string;
}

/** A job that must end first. */
export interface NeedModel {
  readonly job: string;
  /** Whether the job gets its artifacts. */
  readonly artifacts: boolean;
}

/** An environment and its namespace in the cluster. */
export interface TargetModel {
  /** The name for a review app contains variables. */
  readonly environment: string;
  readonly namespace: string;
  readonly protected: boolean;
  readonly review: boolean;
}

/**
 * The model of a pipeline.
 */
export function pipelineModel({ app, imageVariable, targets }: PipelinePlan, stages: readonly string[], jobs: readonly PipelineJob[]): PipelineModel {
  const protectedEnvironments = new Set(targets.filter(({ isProtected }) => isProtected).map(({ environment }) => environment));
  return { app, variable: imageVariable, stages, jobs: jobs.map((job) => jobModel(job, protectedEnvironments)), targets: targets.map(targetModel) };
}

function targetModel({ environment, namespace, isProtected, isReview }: Target): TargetModel {
  return { environment, namespace, protected: isProtected, review: isReview };
}

/** Reads the keywords, because a job of the user has nothing else. */
function jobModel(job: PipelineJob, protectedEnvironments: ReadonlySet<string>): JobModel {
  const { name, dotenvVariables = [], requiredVariables = [], credentials = [], targetEnvironment } = job;
  const keywords: { readonly [keyword: string]: unknown } = { ...job.keywords, ...job.raw };
  const environment = environmentOf(keywords.environment as Json | undefined);
  return {
    name,
    stage: job.keywords.stage,
    needs: needsOf(keywords.needs as Json | undefined),
    rules: rulesOf(keywords),
    environment: environment.name,
    action: environment.action === 'stop' ? 'stops' : [undefined, 'start'].includes(environment.action) ? 'deploys' : 'uses',
    manual: isManual(keywords),
    protected: protectedEnvironments.has(targetEnvironment ?? '') || isForProtectedRefs(keywords.rules as Json | undefined),
    artifacts: artifactsOf(keywords.artifacts as Json | undefined),
    gives: dotenvVariables,
    takes: requiredVariables,
    holds: credentials,
  };
}

/** @see https://docs.gitlab.com/ci/yaml/#rules */
function rulesOf({ rules, when }: { readonly [keyword: string]: unknown }): RuleModel[] | undefined {
  if (!Array.isArray(rules)) return undefined;
  return rules.filter(isObject).map((rule) => ({
    if: typeof rule.if === 'string' ? rule.if : undefined,
    changes: pathsOf(rule.changes),
    exists: pathsOf(rule.exists),
    when: String(rule.when ?? when ?? 'on_success'),
  }));
}

function pathsOf(value: Json | undefined): string[] | undefined {
  const paths = isObject(value) ? value.paths : value;
  return Array.isArray(paths) ? paths.map(String) : undefined;
}

function isForProtectedRefs(rules: Json | undefined): boolean {
  const conditions = Array.isArray(rules) ? rules.filter(isObject).filter((rule) => rule.when !== 'never').map((rule) => (typeof rule.if === 'string' ? rule.if : '')) : [];
  return conditions.length > 0 && conditions.every((condition) => condition.endsWith('&& $CI_COMMIT_REF_PROTECTED == "true"') && !condition.includes('||'));
}

/** @see https://docs.gitlab.com/ci/yaml/#needs */
function needsOf(needs: Json | undefined): NeedModel[] | undefined {
  if (!Array.isArray(needs)) return undefined;
  return needs.flatMap((need) => {
    if (typeof need === 'string') return [{ job: need, artifacts: true }];
    // A need with `project` or `pipeline` is a job of another pipeline.
    const isHere = isObject(need) && typeof need.job === 'string' && need.project === undefined && need.pipeline === undefined;
    return isHere ? [{ job: String(need.job), artifacts: need.artifacts !== false }] : [];
  });
}

function environmentOf(environment: Json | undefined): { readonly name?: string; readonly action?: string } {
  if (typeof environment === 'string') return { name: environment };
  if (!isObject(environment) || typeof environment.name !== 'string') return {};
  return { name: environment.name, action: typeof environment.action === 'string' ? environment.action : undefined };
}

function isManual({ when, rules }: { readonly [keyword: string]: unknown }): boolean {
  return when === 'manual' || Array.isArray(rules) && rules.some((rule) => isObject(rule) && rule.when === 'manual');
}

function artifactsOf(artifacts: Json | undefined): string[] {
  return isObject(artifacts) && Array.isArray(artifacts.paths) ? artifacts.paths.map(String) : [];
}
