import { basename, isAbsolute } from 'node:path';
import { pullSecretsIn } from './references';
import { printableText } from '../../../base/printable';
import { secrets } from '../../../base/secrets';
import { decodeText } from '../../../base/text-file';
import { show, userError } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { ImageReference } from '../../../image/image-reference';
import { dns1123Subdomain } from '../../../kubernetes/names';
import { isReleaseName } from '../../../release/release-names';
import type { Context } from '../../command-line/command';
import type { Options } from '../../command-line/options';
import type { ReleaseObject } from '../objects/release';

const PULL_SECRET = 'Pull secret';

export const PULL_SECRET_OPTIONS: Options = [
  ['pull-secret', { group: PULL_SECRET, takes: 'NAME', summary: 'write registry credentials into this Secret' }],
  ['pull-secret-registry', { group: PULL_SECRET, needs: ['pull-secret'], takes: 'HOST[/PATH]', summary: 'the registry, or a path in it (default: CI_REGISTRY)' }],
  ['pull-secret-user-variable', { group: PULL_SECRET, needs: ['pull-secret'], takes: 'NAME', summary: 'the variable with the user (default: CI_DEPLOY_USER)' }],
  ['pull-secret-password-variable', { group: PULL_SECRET, needs: ['pull-secret'], takes: 'NAME', summary: 'the variable with the password (default: CI_DEPLOY_PASSWORD)' }],
];

/**
 * How an application uses a Secret that others may use, too.
 */
export interface PullSecretUse {
  readonly credentials: PullCredentials;
  /** Whether it may use an existing Secret that no application uses. */
  readonly adopt: boolean;
  /** Whether it replaces the credentials of other projects for the same registry. */
  readonly force: boolean;
}

/**
 * The pull secret of a deployment.
 */
export interface WantedPullSecret {
  readonly name: string;
  readonly use: PullSecretUse;
  /** Whether an object of the release refers to it. */
  readonly isReferenced: boolean;
}

/**
 * Reads the options for the pull secret, and its credentials. Nothing is contacted.
 *
 * @throws `UserError` when the credentials are missing or those of the job, or the Secret is also in the manifests.
 */
export async function wantedPullSecret(
  { args, files, variables }: Pick<Context, 'args' | 'files' | 'variables'>, objects: readonly ReleaseObject[],
): Promise<WantedPullSecret | undefined> {
  const name = args.one('pull-secret');
  if (name === undefined) return undefined;
  checkName(name, objects);
  const credentials = await pullCredentials({ files, variables }, {
    registry: args.one('pull-secret-registry'),
    userVariable: args.one('pull-secret-user-variable'),
    passwordVariable: args.one('pull-secret-password-variable'),
  });
  return { name, use: { credentials, adopt: args.has('adopt'), force: args.has('force-conflicts') }, isReferenced: pullSecretsIn(objects).has(name) };
}

function checkName(name: string, objects: readonly ReleaseObject[]): void {
  const expected = dns1123Subdomain(name);
  if (expected) throw userError({ at: '--pull-secret', given: show(name), expected, fix: 'use a name such as "gitlab-registry"' });
  if (isReleaseName(name)) {
    throw userError({
      at: '--pull-secret', given: show(name), expected: 'a name that deploy does not use for its records and locks', fix: 'use a name such as "gitlab-registry"',
    });
  }
  const same = objects.find((object) => object.kind === 'Secret' && object.apiVersion === 'v1' && object.name === name);
  if (!same) return;
  throw userError({
    at: '--pull-secret', given: `Secret ${name} is also at ${same.at}`, expected: 'a Secret that is not in the manifests', fix: 'remove it from the manifests, or choose another name',
  });
}

/**
 * Credentials for a container registry.
 */
export interface PullCredentials {
  /** A host with optional port and path. The credentials are for all images below it. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/**
 * The names of the variables with the credentials, and the registry when it is not the project's own.
 */
export interface CredentialSources {
  readonly registry?: string;
  readonly userVariable?: string;
  readonly passwordVariable?: string;
}

/** The variables in which GitLab gives a job its token. */
const JOB_TOKENS = ['CI_JOB_TOKEN', 'CI_REGISTRY_PASSWORD', 'CI_DEPENDENCY_PROXY_PASSWORD'];
const JOB_USER = 'gitlab-ci-token';
const JOB_TOKEN_PREFIX = 'glcbt-';

/**
 * Reads registry credentials from variables of the job. By default those of its deploy token, for the registry of its GitLab. For a variable of type
 * file, it reads the file.
 *
 * @throws `UserError`, without any value, when a variable is missing or holds the token of the job under any name.
 * @see https://docs.gitlab.com/user/project/deploy_tokens/#gitlab-deploy-token
 */
export async function pullCredentials(job: Pick<Context, 'files' | 'variables'>, sources: CredentialSources): Promise<PullCredentials> {
  const { variables } = job;
  const { userVariable = 'CI_DEPLOY_USER', passwordVariable = 'CI_DEPLOY_PASSWORD' } = sources;
  if (JOB_TOKENS.includes(passwordVariable)) throw jobToken(passwordVariable);
  const username = await valueOf(job, userVariable);
  const password = await valueOf(job, passwordVariable);
  secrets.add(password, `${username}:${password}`);
  const isJobs = username === JOB_USER || password.startsWith(JOB_TOKEN_PREFIX) || JOB_TOKENS.some((name) => variables[name] === password);
  if (isJobs) throw jobToken(passwordVariable);
  if (username.includes(':')) throw userError({ at: userVariable, given: 'its value has ":" in it', expected: 'a user name, which has no ":"', fix: 'store user and password in two variables' });
  return { registry: registryOf(variables, sources.registry), username, password };
}

function jobToken(at: string): Error {
  return userError({
    at,
    given: 'it is the token of this job, which expires with the job: pods that start later could not pull their images',
    expected: 'a token that stays valid',
    fix: 'create a deploy token named gitlab-deploy-token with the scope read_registry; GitLab gives it to every job as CI_DEPLOY_USER and CI_DEPLOY_PASSWORD',
  });
}

async function valueOf(job: Pick<Context, 'files' | 'variables'>, name: string): Promise<string> {
  if (!/^\w{1,255}$/.test(name)) {
    throw userError({ at: '--pull-secret', given: 'an option has no valid name of a variable', expected: 'the name of a variable, not its value', fix: 'write the name without "$", such as CI_DEPLOY_PASSWORD' });
  }
  const value = await contentOf(job, name);
  const given = problemOf(name, value);
  if (given === undefined) return value;
  throw userError({
    at: name,
    given,
    expected: 'registry credentials',
    fix: 'create a deploy token named gitlab-deploy-token with the scope read_registry, or name other variables of this job; protected variables need a protected branch',
  });
}

/** GitLab's file variables hold absolute paths. A relative path could be a password. */
async function contentOf({ files, variables }: Pick<Context, 'files' | 'variables'>, name: string): Promise<string> {
  const value = variables[name] ?? '';
  if (!isAbsolute(value) || !files.exists(value)) return value;
  return decodeText(await files.read(value), `${name} (file ${printableText(value)})`).replace(/\r?\n$/, '');
}

function problemOf(name: string, value: string): string | undefined {
  if (value === '') return 'it is missing or empty';
  if (isAbsolute(value) && basename(value) === name) return 'it is of type file, and the file does not exist in this job';
  if (/[\0-\x20\x7f]/.test(value)) return 'its value has white space or control characters in it';
  return /^\$\{?\w+\}?$/.test(value) ? 'its value is the name of another variable, which was not expanded' : undefined;
}

function registryOf(variables: CiVariables, given: string | undefined): string {
  const at = given === undefined ? 'CI_REGISTRY' : '--pull-secret-registry';
  const registry = given ?? variables.CI_REGISTRY ?? '';
  if (isRegistry(registry)) return registry;
  const shown = registry === '' ? 'it is missing or empty' : show(registry);
  const fix = 'name the registry, such as --pull-secret-registry registry.example.com';
  throw userError({ at, given: shown, expected: 'a host with optional port and path, without https://', fix });
}

function isRegistry(text: string): boolean {
  try {
    const { registry, repository } = ImageReference.parse(`${text}/image`);
    return `${registry}/${repository}` === `${text}/image`;
  } catch {
    return false;
  }
}
