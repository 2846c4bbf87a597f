import type { PullSecretUse } from './options';
import { PullSecretUnusable, SecretChange, SecretClient, type StoredSecret } from './secret-client';
import {
  authKey, conflictingUsers, isSame, isUnused, PullSecretUser, SharedDockerConfig, withFormerUse, withoutUse, withRenamedUser, withUse,
} from './shared-docker-config';
import { FIELD_MANAGER, ownerId } from '../../../release/release-names';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { PlannedPullSecret } from '../apply/observer';
import { identityInWords } from '../objects/release';
import type { ReleaseIdentity } from '../objects/release';

export interface PullSecretOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The application's former identity. Its use of the Secret is ours. */
  readonly former?: ReleaseIdentity;
  readonly name: string;
}

/**
 * The outcome of a withdrawal. `emptied`: nobody uses the Secret any more, and this application may not delete it.
 */
export type Withdrawal = 'removed' | 'emptied' | 'shared' | 'unchanged';

/**
 * One application's part of a Secret with registry credentials. The Secret is not part of a release: it is not recorded, and several applications
 * may share it.
 *
 * Its methods throw `PullSecretRejected` when the Secret cannot be shared, or the server refuses.
 */
export class PullSecret {
  private readonly client: SecretClient;
  private readonly id: string;

  public constructor(cluster: KubernetesClient, private readonly options: PullSecretOptions) {
    const { namespace, identity, name } = options;
    this.id = ownerId(identity, namespace);
    this.client = new SecretClient(cluster, { namespace, name, fieldManager: `${FIELD_MANAGER}-${this.id}` });
  }

  /**
   * Plans the use. The server checks it as a dry run, and nothing is written.
   */
  public async plan(use: PullSecretUse): Promise<PlannedPullSecret> {
    const { before, after } = await this.use(use, true);
    const result = before.uid === undefined ? 'created' : isSame(before, after) ? 'unchanged' : 'changed';
    return { name: this.options.name, registry: use.credentials.registry, result };
  }

  /**
   * Writes the application's credentials.
   *
   * @returns The content before.
   */
  public async write(use: PullSecretUse): Promise<SharedDockerConfig> {
    return this.ofPresentIdentity((await this.use(use, false)).before);
  }

  /**
   * Restores the content that the credentials replaced.
   */
  public async restore({ credentials }: PullSecretUse, former: SharedDockerConfig): Promise<void> {
    await this.change((now) => withFormerUse(now, this.id, { credentials }, former), false);
  }

  /**
   * Removes credentials that neither this release needs nor the previous one, to which a rollback may return.
   */
  public async settle({ credentials }: PullSecretUse, former: SharedDockerConfig): Promise<void> {
    const registries = former.users.get(this.id)?.registries ?? [];
    const keep = [authKey(credentials.registry), ...registries.slice(-1)];
    if (registries.some((registry) => !keep.includes(registry))) await this.change((now) => withoutUse(now, this.id, keep), false);
  }

  /**
   * Removes the credentials that only this application uses. Deletes the Secret when it is empty then.
   */
  public async withdraw(dryRun = false): Promise<Withdrawal> {
    const { before, after, isDeleted } = await this.change((secret) => withoutUse(secret, this.id), dryRun);
    if (isSame(before, after)) return 'unchanged';
    if (isDeleted) return 'removed';
    return isUnused(after) ? 'emptied' : 'shared';
  }

  /**
   * Renames the use of the former identity to the present one.
   */
  public async takeOver(): Promise<void> {
    await this.change((secret) => secret, false);
  }

  private async use({ credentials, adopt, force }: PullSecretUse, dryRun: boolean): Promise<SecretChange> {
    const use = { identity: this.options.identity, credentials };
    return this.change((secret) => {
      if (!isUsable(secret, adopt)) {
        throw this.unusable('it exists already, and no application uses it', 'add the credentials to it (--adopt), or choose another name');
      }
      const others = force ? [] : conflictingUsers(secret, this.id, use);
      if (others.length > 0) throw this.conflict(credentials.registry, others);
      return withUse(secret, this.id, use);
    }, dryRun);
  }

  private async change(to: (before: StoredSecret) => SharedDockerConfig, dryRun: boolean): Promise<SecretChange> {
    return this.client.change((before) => to(this.ofPresentIdentity(before)), dryRun);
  }

  private ofPresentIdentity<T extends SharedDockerConfig>(secret: T): T {
    const { former, identity, namespace } = this.options;
    return former ? withRenamedUser(secret, ownerId(former, namespace), { id: this.id, identity }) : secret;
  }

  private conflict(registry: string, users: ReadonlyArray<PullSecretUser | undefined>): PullSecretUnusable {
    const names = users.map((user) => (user ? identityInWords(user.identity) : 'an unknown owner'));
    return this.unusable(
      `it has other credentials for ${registry}, of ${names.join('; ')}`,
      'choose another name, limit yours to your images (--pull-secret-registry REGISTRY/GROUP/PROJECT), or replace the others (--force-conflicts)',
    );
  }

  private unusable(given: string, fix: string): PullSecretUnusable {
    return new PullSecretUnusable(this.options.name, { given, fix });
  }
}

/** An administrator may have created an empty Secret for this. */
function isUsable(secret: StoredSecret, adopt: boolean): boolean {
  return secret.uid === undefined || secret.users.size > 0 || isUnused(secret) || adopt;
}
