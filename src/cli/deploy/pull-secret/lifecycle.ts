import type { PullSecret, PullSecretResult, PullSecretUse } from './pull-secret';
import { PullSecretRefused } from './pull-secret-refused';
import type { SharedSecret } from './shared-docker-config';
import { Failure, Interrupted } from '../../base/failure';
import { ReleaseRejected } from '../objects/object-problems';
import type { ReleaseIdentity } from '../objects/release';

/**
 * Around a deployment: whose it is, and whom it tells.
 */
export interface PullingOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The identity that the application had before, while it is taken over. */
  readonly former?: ReleaseIdentity;
  /** Whether what a failed deployment has done is undone. */
  readonly undo: boolean;
  readonly mask: (text: string) => string;
  readonly say: (line: string) => void;
}

/**
 * What a deployment does with its pull secret.
 */
export interface WantedPull {
  readonly name: string;
  readonly use: PullSecretUse;
  /** Whether the release has something that pulls with it. */
  readonly isNamed: boolean;
}

/**
 * A pull secret in the course of one deployment: it is there before any pod needs it, and as it was when the deployment is undone.
 */
export class DeploymentPull {
  private former?: SharedSecret;

  public constructor(private readonly secret: PullSecret, private readonly wanted: WantedPull, private readonly options: PullingOptions) {}

  /**
   * What would become of the Secret; nothing is written.
   *
   * @throws `ReleaseRejected` when it cannot be used.
   */
  public async plan(): Promise<PullSecretResult> {
    const { name, use, isNamed } = this.wanted;
    if (!isNamed) this.options.say(`warning: no pod of the release pulls with Secret ${name}: name it in imagePullSecrets of a pod template, or of a ServiceAccount`);
    try {
      return await this.secret.plan(use);
    } catch (error) {
      throw error instanceof PullSecretRefused ? new ReleaseRejected([error.refusal], 1) : error;
    }
  }

  /**
   * Deploys with it.
   */
  public async around(action: () => Promise<void>): Promise<void> {
    const former = await this.secret.write(this.wanted.use);
    this.former = former;
    try {
      await action();
    } catch (error) {
      if (this.options.undo && !(error instanceof Interrupted)) await this.undo();
      throw error;
    }
    await this.orSaid('credentials that are no longer used', async () => this.secret.settle(this.wanted.use, former));
  }

  /** Before the release is undone, since the pods of the one before may have to be pulled again. Once is enough. */
  public async undo(): Promise<void> {
    const { former } = this;
    if (!former) return;
    this.former = undefined;
    await this.orSaid('the credentials of this release', async () => this.secret.undo(this.wanted.use, former));
  }

  private async orSaid(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.options.say(`Secret ${this.wanted.name} still has ${what}: ${error.message}`);
    }
  }
}
