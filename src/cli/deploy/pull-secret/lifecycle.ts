import type { WantedPullSecret } from './options';
import { PullSecret } from './pull-secret';
import { PullSecretRejected } from './secret-client';
import type { SharedDockerConfig } from './shared-docker-config';
import { Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { PlannedPullSecret } from '../apply/observer';
import { ReleaseRejected } from '../objects/object-problems';
import type { ReleaseIdentity } from '../objects/release';

export interface PullSecretLifecycleOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The application's former identity, during a take-over. */
  readonly former?: ReleaseIdentity;
  /** Gets a line for people about each event. */
  readonly say: (line: string) => void;
}

/**
 * The pull secret during one deployment: planned with the release, written before it, and restored when the release is rolled back.
 */
export class DeployedPullSecret {
  private readonly secret: PullSecret;
  private former?: SharedDockerConfig;

  public constructor(cluster: KubernetesClient, private readonly wanted: WantedPullSecret, private readonly options: PullSecretLifecycleOptions) {
    this.secret = new PullSecret(cluster, { ...options, name: wanted.name });
  }

  /**
   * Plans the change. Nothing is written.
   *
   * @throws `ReleaseRejected` when the Secret cannot be used.
   */
  public async plan(): Promise<PlannedPullSecret> {
    const { name, use, isReferenced } = this.wanted;
    if (!isReferenced) this.options.say(`warning: no pod of the release uses Secret ${name}: add it to imagePullSecrets of a pod template or a ServiceAccount`);
    try {
      return await this.secret.plan(use);
    } catch (error) {
      throw error instanceof PullSecretRejected ? new ReleaseRejected([error.problem], 1) : error;
    }
  }

  public async write(): Promise<void> {
    this.former = await this.secret.write(this.wanted.use);
  }

  /** Restores the credentials of the previous release. Only the first call after a write does something. */
  public async restore(): Promise<void> {
    const { former } = this;
    if (!former) return;
    this.former = undefined;
    await this.reporting('the credentials of this release', async () => this.secret.restore(this.wanted.use, former));
  }

  /** Removes credentials that are no longer needed, after the release was deployed. */
  public async settle(): Promise<void> {
    const { former } = this;
    if (former) await this.reporting('credentials that are no longer used', async () => this.secret.settle(this.wanted.use, former));
  }

  private async reporting(leftover: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.options.say(`Secret ${this.wanted.name} still has ${leftover}: ${error.message}`);
    }
  }
}
