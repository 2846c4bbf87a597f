import { PullCredentials, pullCredentials } from './credentials';
import type { PullSecretUse } from './pull-secret';
import { pullSecretsIn } from './references';
import { userError, show } from '../../../base/user-error';
import { dns1123Subdomain } from '../../../kubernetes/names';
import { isReleaseName } from '../../../release/release-names';
import type { Option } from '../../command-line/arguments';
import type { Context } from '../../command-line/command';
import type { ReleaseObject } from '../objects/release';

const PULL_SECRET = 'Pull secret';

export const PULL_SECRET_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['pull-secret', { group: PULL_SECRET, takes: 'NAME', summary: 'write registry credentials into this Secret' }],
  ['pull-secret-registry', { group: PULL_SECRET, takes: 'HOST[/PATH]', summary: 'the registry, or a path in it (default: CI_REGISTRY)' }],
  ['pull-secret-user-variable', { group: PULL_SECRET, takes: 'NAME', summary: 'the variable with the user (default: CI_DEPLOY_USER)' }],
  ['pull-secret-password-variable', { group: PULL_SECRET, takes: 'NAME', summary: 'the variable with the password (default: CI_DEPLOY_PASSWORD)' }],
];

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
  if (name === undefined) {
    const option = PULL_SECRET_OPTIONS.map(([other]) => other).find((other) => args.has(other));
    if (option === undefined) return undefined;
    throw userError({ at: `--${option}`, given: 'there is no --pull-secret', expected: 'both options', fix: `add --pull-secret NAME, or remove --${option}` });
  }
  checkName(name, objects);
  const credentials = await pullCredentials({ files, variables }, {
    registry: args.one('pull-secret-registry'),
    userVariable: args.one('pull-secret-user-variable'),
    passwordVariable: args.one('pull-secret-password-variable'),
  });
  return { name, use: { credentials, adopt: args.has('adopt'), force: args.has('force-conflicts') }, isReferenced: pullSecretsIn(objects).has(name) };
}

/**
 * The values that are masked in all output.
 */
export function secretValues({ username, password }: PullCredentials): string[] {
  return [password, Buffer.from(`${username}:${password}`).toString('base64')];
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
