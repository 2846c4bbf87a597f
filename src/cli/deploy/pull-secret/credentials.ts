import { basename, isAbsolute } from 'node:path';
import { printableText } from '../../../base/printable';
import { decodeText } from '../../../base/text-file';
import { userError, show } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { ImageReference } from '../../../image/image-reference';
import type { Context } from '../../command-line/command';

/**
 * What images are pulled with.
 */
export interface PullCredentials {
  /** A host, with its port and a path if there is one: the credentials are for all images below it. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Names of variables, never their values; and the registry when it is not the project's own.
 */
export interface CredentialSources {
  readonly registry?: string;
  readonly userVariable?: string;
  readonly passwordVariable?: string;
}

/** The variables in which GitLab hands out the token of the job. */
const JOB_TOKENS = ['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD', 'CI_DEPENDENCY_PROXY_PASSWORD'];
const JOB_USER = 'gitlab-ci-token';
const JOB_TOKEN_PREFIX = 'glcbt-';

/**
 * The credentials that variables of the job hold: by default those of its deploy token, for the registry of its GitLab. Of a variable of type
 * file, which holds a path, the content of the file is meant.
 *
 * @throws A refusal without any value, when one is missing, or when it is the token of the job, under whatever name.
 * @see https://docs.gitlab.com/user/project/deploy_tokens/#gitlab-deploy-token
 */
export async function pullCredentials(job: Pick<Context, 'files' | 'variables'>, sources: CredentialSources): Promise<PullCredentials> {
  const { variables } = job;
  const { userVariable = 'CI_DEPLOY_USER', passwordVariable = 'CI_DEPLOY_PASSWORD' } = sources;
  if (JOB_TOKENS.includes(passwordVariable)) throw jobToken(passwordVariable);
  const username = await valueOf(job, userVariable);
  const password = await valueOf(job, passwordVariable);
  const isJobs = username === JOB_USER || password.startsWith(JOB_TOKEN_PREFIX) || JOB_TOKENS.some((name) => variables[name] === password);
  if (isJobs) throw jobToken(passwordVariable);
  if (username.includes(':')) throw userError({ at: userVariable, given: 'its value has ":" in it', expected: 'the name of a user', fix: 'correct the variable' });
  return { registry: registryOf(variables, sources.registry), username, password };
}

function jobToken(at: string): Error {
  return userError({
    at,
    given: 'it is the token of this job, which dies with the job: pods that start later could not pull their images',
    expected: 'a token that lives on',
    fix: 'make a deploy token with the scope read_registry; named gitlab-deploy-token, every job has it as CI_DEPLOY_USER and CI_DEPLOY_PASSWORD',
  });
}

async function valueOf(job: Pick<Context, 'files' | 'variables'>, name: string): Promise<string> {
  if (!/^\w{1,255}$/.test(name)) {
    throw userError({ at: '--pull-secret', given: 'a variable is named by something else', expected: 'the name of a variable, not its value', fix: 'correct the option' });
  }
  const value = await contentOf(job, name);
  const given = problemOf(name, value);
  if (given === undefined) return value;
  throw userError({
    at: name,
    given,
    expected: 'what images are pulled with',
    fix: 'make a deploy token named gitlab-deploy-token with the scope read_registry, or name other variables that this job has; protected ones need a protected branch',
  });
}

/** A relative name is none that GitLab gives, and could be a password. */
async function contentOf({ files, variables }: Pick<Context, 'files' | 'variables'>, name: string): Promise<string> {
  const value = variables[name] ?? '';
  if (!isAbsolute(value) || !files.exists(value)) return value;
  return decodeText(await files.read(value), `${name} (file ${printableText(value)})`).replace(/\r?\n$/, '');
}

function problemOf(name: string, value: string): string | undefined {
  if (value === '') return 'it is missing or empty';
  if (isAbsolute(value) && basename(value) === name) return 'it is of type file, and there is no such file in this job';
  if (/[\0-\x20\x7f]/.test(value)) return 'its value has white space or control characters in it';
  return /^\$\{?\w+\}?$/.test(value) ? 'its value is the name of another variable, which was not expanded' : undefined;
}

function registryOf(variables: CiVariables, given: string | undefined): string {
  const at = given === undefined ? 'CI_REGISTRY' : '--pull-secret-registry';
  const registry = given ?? variables.CI_REGISTRY ?? '';
  if (isRegistry(registry)) return registry;
  const shown = registry === '' ? 'it is missing or empty' : show(registry);
  const fix = 'name the registry (--pull-secret-registry)';
  throw userError({ at, given: shown, expected: 'a host such as registry.example.com, with a port or a path if it has one', fix });
}

function isRegistry(text: string): boolean {
  try {
    const { registry, repository } = ImageReference.parse(`${text}/image`);
    return `${registry}/${repository}` === `${text}/image`;
  } catch {
    return false;
  }
}
