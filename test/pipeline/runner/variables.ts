import type { JobDefinition, Variables } from './ci-file';
import type { Job } from './job';
import { PipelineEvent, ProjectVariable, refName } from './pipeline-event';

/**
 * A variable of a job, as the runner gets it.
 */
export interface RunnerVariable {
  readonly key: string;
  readonly value: string;
  readonly public: boolean;
  readonly masked: boolean;
  readonly file: boolean;
  readonly raw: boolean;
}

/**
 * The facts of a pipeline and its project from which variables are made.
 */
export interface VariableSources {
  /** The address of GitLab. */
  readonly url: string;
  readonly pipelineId: number;
  readonly pipelineIid: number;
  readonly commit: string;
  readonly event: PipelineEvent;
  readonly fileVariables: Variables;
  readonly projectVariables: readonly ProjectVariable[];
  /** Predefined variables with another value than the model's. */
  readonly predefined: Readonly<Record<string, string>>;
  /** Seconds, of a job without `timeout`. */
  readonly timeout: number;
}

/**
 * The variables from which GitLab decides `rules` and the name of the environment: those that exist before the job.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/ for the variables that only jobs have
 */
export function variablesOfRules(definition: JobDefinition, sources: VariableSources): Record<string, string> {
  return valuesOf([
    ...predefined(definition, sources), ...ofFile(sources.fileVariables), ...ofFile(definition.variables),
    ...ofProject(sources, undefined), ...ofEvent(sources),
  ]);
}

/**
 * All variables of a job, those of higher precedence last: lib/gitlab/ci/variables/builder.rb.
 *
 * @param dotenv The variables of dotenv reports that the job gets.
 * @param idTokens The job's id_tokens.
 */
export function variablesOfJob(
  job: Job, sources: VariableSources, dotenv: Readonly<Record<string, string>>, idTokens: Readonly<Record<string, string>>,
): RunnerVariable[] {
  const { definition, environment } = job;
  return [
    ...persisted(job, sources), ...predefined(definition, sources), ...ofEnvironment(job, sources),
    ...ofFile(sources.fileVariables), ...ofFile(definition.variables), ...ofFile(job.ruleVariables),
    ...Object.entries(idTokens).map(([key, value]) => ({ ...plain(key, value), public: false, masked: true, raw: true })),
    ...Object.entries(dotenv).map(([key, value]) => ({ ...plain(key, value), public: false })),
    ...ofProject(sources, environment), ...ofEvent(sources),
  ];
}

/**
 * The values of variables by name. The last one counts.
 */
export function valuesOf(variables: ReadonlyArray<Pick<RunnerVariable, 'key' | 'value'>>): Record<string, string> {
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

/**
 * Replaces `$NAME` and `${NAME}` by the values of variables.
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, name: string | undefined, braced: string | undefined) => variables[name ?? braced ?? ''] ?? '');
}

/** CI_REPOSITORY_URL, with the token of the job. */
export function repositoryUrl({ token }: Job, { url }: VariableSources): string {
  return `${url.replace('//', `//gitlab-ci-token:${token}@`)}/group/site.git`;
}

/** app/models/ci/build.rb, `persisted_variables`: they do not exist before the job. */
function persisted(job: Job, sources: VariableSources): RunnerVariable[] {
  const { url, pipelineId, predefined: own } = sources;
  const secret = (key: string, value: string) => ({ ...plain(key, own[key] ?? value), public: false, masked: true });
  return [
    ...all({
      CI_PIPELINE_ID: pipelineId,
      CI_PIPELINE_URL: `${url}/group/site/-/pipelines/${pipelineId}`,
      CI_JOB_ID: job.id,
      CI_JOB_URL: `${url}/group/site/-/jobs/${job.id}`,
      CI_REGISTRY_USER: 'gitlab-ci-token',
      CI_DEPENDENCY_PROXY_USER: 'gitlab-ci-token',
    }),
    secret('CI_JOB_TOKEN', job.token),
    secret('CI_REGISTRY_PASSWORD', job.token),
    secret('CI_DEPENDENCY_PROXY_PASSWORD', job.token),
    secret('CI_REPOSITORY_URL', repositoryUrl(job, sources)),
  ];
}

function predefined({ name, stage, timeout }: JobDefinition, sources: VariableSources): RunnerVariable[] {
  const { url, commit, event, pipelineIid } = sources;
  const ref = refName(event);
  return all({
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER: 'yes',
    CI_SERVER_URL: url,
    CI_SERVER_HOST: '127.0.0.1',
    CI_SERVER_NAME: 'GitLab',
    CI_API_V4_URL: `${url}/api/v4`,
    CI_PROJECT_ID: 42,
    CI_PROJECT_NAME: 'site',
    CI_PROJECT_PATH: 'group/site',
    CI_PROJECT_PATH_SLUG: 'group-site',
    CI_PROJECT_NAMESPACE: 'group',
    CI_PROJECT_ROOT_NAMESPACE: 'group',
    CI_PROJECT_URL: `${url}/group/site`,
    CI_PROJECT_VISIBILITY: 'private',
    CI_DEFAULT_BRANCH: 'main',
    CI_JOB_NAME: name,
    CI_JOB_STAGE: stage,
    CI_JOB_TIMEOUT: timeout ?? sources.timeout,
    CI_NODE_TOTAL: 1,
    CI_PIPELINE_IID: pipelineIid,
    CI_PIPELINE_SOURCE: event.source,
    CI_COMMIT_SHA: commit,
    CI_COMMIT_SHORT_SHA: commit.slice(0, 8),
    CI_COMMIT_REF_NAME: ref,
    CI_COMMIT_REF_SLUG: slug(ref),
    CI_COMMIT_REF_PROTECTED: event.isProtected,
    ...event.branch !== undefined && { CI_COMMIT_BRANCH: event.branch },
    ...event.tag !== undefined && { CI_COMMIT_TAG: event.tag },
    ...event.mergeRequest && {
      CI_MERGE_REQUEST_IID: event.mergeRequest.iid,
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: event.mergeRequest.sourceBranch,
      CI_MERGE_REQUEST_PROJECT_ID: 42,
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: 42,
    },
    ...sources.predefined,
  });
}

function ofEnvironment({ environment, definition }: Job, sources: VariableSources): RunnerVariable[] {
  if (environment === undefined) return [];
  const { action = 'start', tier, url } = definition.environment ?? {};
  const values = variablesOfRules(definition, sources);
  return all({
    CI_ENVIRONMENT_NAME: environment,
    CI_ENVIRONMENT_SLUG: slug(environment).slice(0, 24),
    CI_ENVIRONMENT_ACTION: action,
    ...tier !== undefined && { CI_ENVIRONMENT_TIER: tier },
    ...url !== undefined && { CI_ENVIRONMENT_URL: expand(url, { ...values, CI_ENVIRONMENT_SLUG: slug(environment).slice(0, 24) }) },
  });
}

/** The variables of the project for a job of this environment. A scope with `*` matches any text there. */
function ofProject({ projectVariables, event }: VariableSources, environment: string | undefined): RunnerVariable[] {
  const scoped = projectVariables.filter(({ environmentScope = '*', protected: isProtected }) => (
    isInScope(environmentScope, environment) && (!isProtected || event.isProtected)
  ));
  // The most specific scope comes last: app/models/concerns/has_environment_scope.rb.
  const rank = ({ environmentScope = '*' }: ProjectVariable) => (environmentScope === '*' ? 0 : environmentScope.includes('*') ? environmentScope.length : 1_000);
  return [...scoped].sort((one, other) => rank(one) - rank(other)).map(runnerVariable);
}

function ofEvent({ event }: VariableSources): RunnerVariable[] {
  return (event.variables ?? []).map(runnerVariable);
}

function runnerVariable({ key, value, variableType, masked = false, raw = false }: ProjectVariable): RunnerVariable {
  return { key, value, public: false, masked, file: variableType === 'file', raw };
}

function isInScope(scope: string, environment: string | undefined): boolean {
  if (scope === '*') return true;
  const pattern = scope.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return environment !== undefined && new RegExp(`^${pattern}$`, 's').test(environment);
}

function ofFile(variables: Variables): RunnerVariable[] {
  return Object.entries(variables).map(([key, { value, raw }]) => ({ ...plain(key, value), raw }));
}

function all(values: Readonly<Record<string, string | number | boolean>>): RunnerVariable[] {
  return Object.entries(values).map(([key, value]) => plain(key, String(value)));
}

function plain(key: string, value: string): RunnerVariable {
  return { key, value, public: true, masked: false, file: false, raw: false };
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '-').slice(0, 63).replace(/^-+|-+$/g, '');
}
