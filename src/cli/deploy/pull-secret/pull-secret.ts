import type { PullCredentials } from './credentials';
import { authKey } from './docker-config';
import { PullSecretUnusable, refusedBy } from './pull-secret-refused';
import { inTheWay, isSame, isUnused, PullSecretUser, SharedSecret, withFormerUse, withoutUse, withRenamedUser, withUse } from './shared-docker-config';
import { newSecret, patchOf, StoredSecret, storedSecret, Unusable } from './stored-secret';
import type { JsonObject } from '../../../base/json';
import { FIELD_MANAGER, ownerId } from '../../../release/release-names';
import { find } from '../../cluster/find';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { identityInWords, ReleaseIdentity } from '../objects/release';

export interface PullSecretOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The identity that the application had before: its use of the Secret is ours. */
  readonly former?: ReleaseIdentity;
  readonly name: string;
  /** Hides the secrets that the job knows in what a server says. */
  readonly mask: (text: string) => string;
}

/**
 * What becomes of a pull secret.
 */
export interface PullSecretResult {
  readonly name: string;
  readonly registry: string;
  readonly result: 'created' | 'changed' | 'unchanged';
}

/**
 * How far an application may go with a Secret that others may use, too.
 */
export interface PullSecretUse {
  readonly credentials: PullCredentials;
  /** Whether a Secret that is there and that no application uses is used. */
  readonly adopt: boolean;
  /** Whether credentials of others for the same registry are replaced. */
  readonly force: boolean;
}

/**
 * How an application's part of a pull secret ends: `emptied` is a Secret that nobody uses any more and that is not ours to delete.
 */
export type Withdrawal = 'removed' | 'emptied' | 'shared' | 'unchanged';

interface Change {
  readonly before: StoredSecret;
  readonly after: SharedSecret;
  readonly isDeleted: boolean;
}

/** How often a change is tried when other jobs change the Secret at the same time. */
const ATTEMPTS = 5;

/**
 * A Secret with the credentials that images are pulled with. It is no part of a release: it is not recorded, and several applications use it.
 * Every change is made of what was just read, and refused by the server when somebody was faster.
 *
 * Every method throws `PullSecretRefused` when the Secret is none to share, or the server says no.
 */
export class PullSecret {
  private readonly id: string;

  public constructor(private readonly cluster: KubernetesClient, private readonly options: PullSecretOptions) {
    this.id = ownerId(options.identity, options.namespace);
  }

  /**
   * What using it would do; the server checks it, and nothing is written.
   */
  public async plan(use: PullSecretUse): Promise<PullSecretResult> {
    const { before, after } = await this.use(use, true);
    const result = before.uid === undefined ? 'created' : isSame(before, after) ? 'unchanged' : 'changed';
    return { name: this.options.name, registry: use.credentials.registry, result };
  }

  /**
   * Puts the application's credentials beside those of others.
   *
   * @returns What was there before.
   */
  public async write(use: PullSecretUse): Promise<SharedSecret> {
    return this.ofPresentIdentity((await this.use(use, false)).before);
  }

  /**
   * Puts back what was there before credentials were written.
   */
  public async undo({ credentials }: PullSecretUse, former: SharedSecret): Promise<void> {
    await this.change((now) => withFormerUse(now, this.id, { credentials }, former), false);
  }

  /**
   * Takes out what neither this release of the application pulls with nor the one before, to which it may go back.
   */
  public async settle({ credentials }: PullSecretUse, former: SharedSecret): Promise<void> {
    const registries = former.users.get(this.id)?.registries ?? [];
    const keep = [authKey(credentials.registry), ...registries.slice(-1)];
    if (registries.some((registry) => !keep.includes(registry))) await this.change((now) => withoutUse(now, this.id, keep), false);
  }

  /**
   * Takes out what the application alone has put there, and removes the Secret when nothing is left in it.
   */
  public async withdraw(dryRun = false): Promise<Withdrawal> {
    const { before, after, isDeleted } = await this.change((secret) => withoutUse(secret, this.id), dryRun);
    if (isSame(before, after)) return 'unchanged';
    if (isDeleted) return 'removed';
    return isUnused(after) ? 'emptied' : 'shared';
  }

  /**
   * Notes the use of the former identity as that of the present one.
   */
  public async takeOver(): Promise<void> {
    await this.change((secret) => secret, false);
  }

  private async use({ credentials, adopt, force }: PullSecretUse, dryRun: boolean): Promise<Change> {
    const use = { identity: this.options.identity, credentials };
    return this.change((secret) => {
      this.check(secret, adopt);
      const others = force ? [] : inTheWay(secret, this.id, use);
      if (others.length > 0) throw this.refused(taken(credentials.registry, others));
      return withUse(secret, this.id, use);
    }, dryRun);
  }

  /** An empty one is made by an administrator for this. */
  private check(secret: StoredSecret, adopt: boolean): void {
    if (secret.uid === undefined || secret.users.size > 0 || isUnused(secret) || adopt) return;
    throw this.refused({ given: 'it exists already, and no application uses it', fix: 'add the credentials to it (--adopt), or choose another name' });
  }

  private async change(to: (before: StoredSecret) => SharedSecret, dryRun: boolean): Promise<Change> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.read();
      const after = to(this.ofPresentIdentity(before));
      try {
        return { before, after, isDeleted: await this.store(before, after, dryRun) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (![404, 409].includes(error.code) || attempt >= ATTEMPTS) throw refusedBy(error, this.options);
      }
    }
  }

  private ofPresentIdentity<T extends SharedSecret>(secret: T): T {
    const { former, identity, namespace } = this.options;
    return former ? withRenamedUser(secret, ownerId(former, namespace), { id: this.id, identity }) : secret;
  }

  private async read(): Promise<StoredSecret> {
    const stored = storedSecret(await this.live());
    if ('given' in stored) throw this.refused(stored);
    return stored;
  }

  private async live(): Promise<JsonObject | undefined> {
    try {
      return await find(this.cluster, this.path());
    } catch (error) {
      throw error instanceof ApiError ? refusedBy(error, this.options) : error;
    }
  }

  /** Resolves to whether it is gone. */
  private async store(before: StoredSecret, after: SharedSecret, dryRun: boolean): Promise<boolean> {
    if (isSame(before, after)) return false;
    if (before.uid === undefined) {
      // The path of an apply has the name, so that a right to create can be for this Secret alone. Two who make it at once are two managers.
      await this.cluster.apply(this.path(), newSecret(this.options.name, after), { dryRun, fieldManager: `${FIELD_MANAGER}-${this.id}` });
      return false;
    }
    if (isUnused(after) && !before.isKept && await this.delete(before, dryRun)) return true;
    await this.cluster.merge(this.path(), patchOf(before, after), { dryRun });
    return false;
  }

  /** Resolves to whether it could be done: who made the Secret ahead need not let it be deleted. */
  private async delete({ uid, resourceVersion }: StoredSecret, dryRun: boolean): Promise<boolean> {
    try {
      await this.cluster.delete(this.path(), { uid, resourceVersion, dryRun });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 403) return false;
      throw error;
    }
  }

  private refused(unusable: Unusable): PullSecretUnusable {
    return new PullSecretUnusable(this.options.name, unusable);
  }

  private path(): string {
    return objectPath({ group: '', version: 'v1', resource: 'secrets', namespace: this.options.namespace, name: this.options.name });
  }
}

function taken(registry: string, users: ReadonlyArray<PullSecretUser | undefined>): Unusable {
  const names = users.map((user) => (user ? identityInWords(user.identity) : 'nobody that is known'));
  return {
    given: `it has other credentials for ${registry}, of ${names.join('; ')}`,
    fix: 'choose another name, say for which images yours are (--pull-secret-registry REGISTRY/GROUP/PROJECT), or replace them (--force-conflicts)',
  };
}
