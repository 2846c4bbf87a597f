import { pullCredentials } from './credentials';
import { isNamedBy } from './named-by';
import { PullSecret, PullSecretResult, PullSecretUse } from './pull-secret';
import { refusal, show } from '../../../private/invalid-input';
import { dns1123Subdomain } from '../../../private/names';
import type { Option } from '../../arguments';
import type { Cluster } from '../../cluster/cluster';
import type { Context } from '../../command';
import { Failure, Interrupted } from '../../failure';
import type { ReleaseIdentity, ReleaseObject } from '../release';

export const PULL_SECRET_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['pull-secret', { takes: 'NAME', summary: 'put what images are pulled with into this Secret of the cluster (default: those of a deploy token, CI_DEPLOY_USER)' }],
  ['pull-secret-registry', { takes: 'HOST[/PATH]', summary: 'for which images they are (default: CI_REGISTRY)' }],
  ['pull-secret-user-variable', { takes: 'NAME', summary: 'the variable with the user (default: CI_DEPLOY_USER)' }],
  ['pull-secret-password-variable', { takes: 'NAME', summary: 'the variable with the password (default: CI_DEPLOY_PASSWORD)' }],
];

/**
 * Around a deployment: whose it is, and whom it tells.
 */
export interface PullingOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** Whether what a failed deployment has done is undone. */
  readonly undo: boolean;
  readonly mask: (text: string) => string;
  readonly say: (line: string) => void;
}

/**
 * The pull secret that a deployment makes, or none.
 */
export class Pulling {
  /**
   * Nothing is contacted.
   *
   * @throws A refusal when there are no credentials that may be kept, or the Secret is one of the manifests.
   */
  public static of({ args, variables }: Pick<Context, 'args' | 'variables'>, objects: readonly ReleaseObject[]): Pulling | undefined {
    const name = args.one('pull-secret');
    if (name === undefined) {
      const option = PULL_SECRET_OPTIONS.map(([other]) => other).find((other) => args.has(other));
      if (option === undefined) return undefined;
      throw refusal({ at: `--${option}`, given: 'there is no --pull-secret', expected: 'both', fix: 'name the Secret, or leave the option out' });
    }
    checkName(name, objects);
    const credentials = pullCredentials(variables, {
      registry: args.one('pull-secret-registry'),
      userVariable: args.one('pull-secret-user-variable'),
      passwordVariable: args.one('pull-secret-password-variable'),
    });
    return new Pulling(name, { credentials, adopt: args.has('adopt'), force: args.has('force-conflicts') }, isNamedBy(objects, name));
  }

  private constructor(private readonly name: string, private readonly use: PullSecretUse, private readonly isNamed: boolean) {}

  /** What is masked wherever a server's words are shown. */
  public get secrets(): string[] {
    const { username, password } = this.use.credentials;
    return [password, Buffer.from(`${username}:${password}`).toString('base64')];
  }

  /**
   * What would become of the Secret; nothing is written.
   */
  public async plan(cluster: Cluster, options: PullingOptions): Promise<PullSecretResult> {
    if (!this.isNamed) {
      options.say(`warning: no pod of the release pulls with Secret ${this.name}: name it in imagePullSecrets of a pod template, or of a ServiceAccount`);
    }
    return this.secret(cluster, options).plan(this.use);
  }

  /**
   * Deploys with it: the Secret is there before any pod needs it. When a first deployment fails and is undone, it goes again.
   */
  public async around(cluster: Cluster, planned: PullSecretResult, options: PullingOptions, action: () => Promise<void>): Promise<void> {
    const secret = this.secret(cluster, options);
    const isNew = !await secret.isUsed();
    await secret.write(this.use);
    try {
      await action();
    } catch (error) {
      if (isNew && options.undo && !(error instanceof Interrupted)) await this.withdraw(secret, options);
      throw error;
    }
    if (planned.result === 'changed') await secret.settle(this.use.credentials);
  }

  private async withdraw(secret: PullSecret, { say }: PullingOptions): Promise<void> {
    try {
      await secret.withdraw();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      say(`Secret ${this.name} still has the credentials: ${error.message}`);
    }
  }

  private secret(cluster: Cluster, { namespace, identity, mask }: PullingOptions): PullSecret {
    return new PullSecret(cluster, { namespace, identity, mask, name: this.name });
  }
}

function checkName(name: string, objects: readonly ReleaseObject[]): void {
  const expected = dns1123Subdomain(name);
  if (expected) throw refusal({ at: '--pull-secret', given: show(name), expected, fix: 'correct it' });
  const same = objects.find((object) => object.kind === 'Secret' && object.apiVersion === 'v1' && object.name === name);
  if (!same) return;
  throw refusal({ at: '--pull-secret', given: `Secret ${name} is at ${same.at}, too`, expected: 'a Secret that is not among the manifests', fix: 'take it out of them, or choose another name' });
}
