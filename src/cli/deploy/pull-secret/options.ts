import { pullCredentials } from './credentials';
import { DeploymentPull, PullingOptions } from './lifecycle';
import { PullSecret, PullSecretUse } from './pull-secret';
import { pullSecretsIn } from './references';
import { userError, show } from '../../../base/user-error';
import { dns1123Subdomain } from '../../../kubernetes/names';
import { isReleaseName } from '../../../release/release-names';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { Option } from '../../command-line/arguments';
import type { Context } from '../../command-line/command';
import type { ReleaseObject } from '../objects/release';

export const PULL_SECRET_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['pull-secret', { takes: 'NAME', summary: 'put what images are pulled with into this Secret of the cluster (default: those of a deploy token, CI_DEPLOY_USER)' }],
  ['pull-secret-registry', { takes: 'HOST[/PATH]', summary: 'for which images they are (default: CI_REGISTRY)' }],
  ['pull-secret-user-variable', { takes: 'NAME', summary: 'the variable with the user, of either type (default: CI_DEPLOY_USER)' }],
  ['pull-secret-password-variable', { takes: 'NAME', summary: 'the variable with the password, of either type (default: CI_DEPLOY_PASSWORD)' }],
];

/**
 * The pull secret that a job names, or none.
 */
export class Pulling {
  /**
   * Nothing is contacted.
   *
   * @throws A refusal when there are no credentials that may be kept, or the Secret is one of the manifests.
   */
  public static async of({ args, files, variables }: Pick<Context, 'args' | 'files' | 'variables'>, objects: readonly ReleaseObject[]): Promise<Pulling | undefined> {
    const name = args.one('pull-secret');
    if (name === undefined) {
      const option = PULL_SECRET_OPTIONS.map(([other]) => other).find((other) => args.has(other));
      if (option === undefined) return undefined;
      throw userError({ at: `--${option}`, given: 'there is no --pull-secret', expected: 'both', fix: 'name the Secret, or leave the option out' });
    }
    checkName(name, objects);
    const credentials = await pullCredentials({ files, variables }, {
      registry: args.one('pull-secret-registry'),
      userVariable: args.one('pull-secret-user-variable'),
      passwordVariable: args.one('pull-secret-password-variable'),
    });
    return new Pulling(name, { credentials, adopt: args.has('adopt'), force: args.has('force-conflicts') }, pullSecretsIn(objects).has(name));
  }

  private constructor(private readonly name: string, private readonly use: PullSecretUse, private readonly isNamed: boolean) {}

  /** What is masked wherever a server's words are shown. */
  public get secrets(): string[] {
    const { username, password } = this.use.credentials;
    return [password, Buffer.from(`${username}:${password}`).toString('base64')];
  }

  /** The Secret in the course of one deployment. */
  public in(cluster: KubernetesClient, options: PullingOptions): DeploymentPull {
    const { name, use, isNamed } = this;
    return new DeploymentPull(new PullSecret(cluster, { ...options, name }), { name, use, isNamed }, options);
  }
}

function checkName(name: string, objects: readonly ReleaseObject[]): void {
  const expected = dns1123Subdomain(name);
  if (expected) throw userError({ at: '--pull-secret', given: show(name), expected, fix: 'correct it' });
  if (isReleaseName(name)) {
    throw userError({ at: '--pull-secret', given: show(name), expected: 'a name that deploy does not use for its records and locks', fix: 'choose another name' });
  }
  const same = objects.find((object) => object.kind === 'Secret' && object.apiVersion === 'v1' && object.name === name);
  if (!same) return;
  throw userError({ at: '--pull-secret', given: `Secret ${name} is at ${same.at}, too`, expected: 'a Secret that is not among the manifests', fix: 'take it out of them, or choose another name' });
}
