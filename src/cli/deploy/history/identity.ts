import { userError, show } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { releasePart } from '../../../release/release-names';
import type { Context } from '../../command-line/command';
import type { DeployJob, ReleaseIdentity } from '../objects/release';

/**
 * Whose release this is: CI_PROJECT_ID or `local`, `--environment` or CI_ENVIRONMENT_NAME, and `--app`. Nothing of it is guessed.
 *
 * @throws A refusal when the environment or the application is missing.
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
 * The job that deploys, as far as it is one.
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
    expected: 'the environment that is deployed to',
    fix: 'give the job an environment, or give --environment',
  });
}

function part(at: string, value: string | undefined): string {
  const expected = releasePart(value ?? '');
  if (value !== undefined && expected === undefined) return value;
  throw userError({ at, given: value === undefined ? 'it is missing' : show(value), expected: expected ?? 'a name', fix: 'give one' });
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
