import { show, userError } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { releasePart } from '../../../release/release-names';
import { JOB_CREDENTIAL_OPTIONS, jobCredential, jobCredentialOptions, withCredential } from '../../cluster/credential';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { Context } from '../../command-line/command';
import { CONNECTION_VARIABLES } from '../../command-line/options';
import type { Options } from '../../command-line/options';
import type { DeployJob, ReleaseIdentity } from '../objects/release';

/** The options of all commands for a release: its application and environment, and the credential. */
export const RELEASE_OPTIONS: Options = [
  ['app', { takes: 'NAME', group: 'Release', required: true, summary: 'the application' }],
  ['environment', { takes: 'NAME', group: 'Release', summary: 'the GitLab environment (default: CI_ENVIRONMENT_NAME)' }],
  ...JOB_CREDENTIAL_OPTIONS,
];

/** The environment variables that these commands read. */
export const RELEASE_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['CI_PROJECT_ID', 'the project of the release; without it, `local`'],
  ['CI_ENVIRONMENT_NAME', 'the environment, without --environment'],
  ['KUBECONFIG', 'the credential, without --kubeconfig'],
  ...CONNECTION_VARIABLES,
]);

/** The variables that the commands read that change a release. */
export const CHANGE_VARIABLES: ReadonlyMap<string, string> = new Map([
  ...RELEASE_VARIABLES,
  ['CI_PIPELINE_IID, CI_JOB_ID, CI_COMMIT_SHA, CI_PIPELINE_URL, CI_JOB_URL', 'the job, for the record and the lock'],
]);

/** The variables that the commands read that deploy a release. */
export const DEPLOY_VARIABLES: ReadonlyMap<string, string> = new Map([
  ...CHANGE_VARIABLES,
  ['CI, GITLAB_CI', 'in CI, a failed release is rolled back, and the log has sections'],
  ['CI_JOB_TOKEN, GITLAB_TOKEN, CI_REPOSITORY_URL', 'masked in all output'],
  ['CI_REGISTRY_PASSWORD, CI_DEPLOY_PASSWORD', 'masked in all output'],
  ['NO_COLOR, TERM', 'with NO_COLOR or TERM=dumb, the progress is not one live line'],
]);

/**
 * An application in an environment, and the client for its namespace.
 */
export interface ReleaseClient {
  readonly identity: ReleaseIdentity;
  readonly namespace: string;
  readonly cluster: KubernetesClient;
}

/**
 * Runs an action with the application, environment and credential of the command's options.
 */
export async function withReleaseClient<T>(context: Context, action: (place: ReleaseClient) => Promise<T>): Promise<T> {
  const identity = identityOf(context);
  const { kubeconfig, folder } = await jobCredential(context, jobCredentialOptions(context));
  return withCredential(context, kubeconfig, async (cluster) => action({ identity, namespace: kubeconfig.namespace, cluster }), folder);
}

/**
 * The identity of the release: CI_PROJECT_ID or `local`, `--environment` or CI_ENVIRONMENT_NAME, and `--app`. There are no other defaults.
 *
 * @throws `UserError` when the environment or the application is missing.
 */
export function identityOf({ args, variables }: Pick<Context, 'args' | 'variables'>): ReleaseIdentity {
  const environment = args.one('environment');
  return {
    project: part('CI_PROJECT_ID', variables.CI_PROJECT_ID || 'local'),
    environment: environment === undefined ? ciEnvironment(variables) : part('--environment', environment),
    app: part('--app', args.one('app')),
  };
}

/**
 * The CI job that runs the command. All fields are undefined outside of CI.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function jobOf(variables: CiVariables): DeployJob {
  const { CI_PIPELINE_IID, CI_JOB_ID, CI_COMMIT_SHA, CI_PIPELINE_URL, CI_JOB_URL } = variables;
  return {
    pipelineIid: count(CI_PIPELINE_IID),
    jobId: count(CI_JOB_ID),
    commit: CI_COMMIT_SHA || undefined,
    pipelineUrl: CI_PIPELINE_URL || undefined,
    jobUrl: CI_JOB_URL || undefined,
  };
}

function ciEnvironment({ CI_ENVIRONMENT_NAME }: CiVariables): string {
  if (CI_ENVIRONMENT_NAME) return part('CI_ENVIRONMENT_NAME', CI_ENVIRONMENT_NAME);
  throw userError({
    at: '--environment',
    given: 'it is missing, and so is CI_ENVIRONMENT_NAME',
    expected: 'the GitLab environment to deploy to',
    fix: 'add `environment:` to the job, or an option such as `--environment production`',
  });
}

function part(at: string, value: string | undefined): string {
  const expected = releasePart(value ?? '');
  if (value !== undefined && expected === undefined) return value;
  throw userError({ at, given: value === undefined ? 'it is missing' : show(value), expected: expected ?? 'a name', fix: validName(at, value ?? '') });
}

function validName(at: string, value: string): string {
  const name = value.replace(/[\0-\x1f\x7f-\x9f]+/g, '-').trim();
  if (name === '') return `set it, such as \`${at} web\``;
  return releasePart(name) === undefined ? `try ${show(name)}` : 'choose a shorter name';
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
