import type { PullCredentials } from './credentials';
import { inTheWay, isSame, isUnused, PullSecretUser, SharedSecret, withoutUse, withUse } from './sharing';
import { newSecret, patchOf, StoredSecret, storedSecret, Unusable } from './stored-secret';
import type { JsonObject } from '../../../private/json';
import { ownerId } from '../../../private/release-names';
import type { Cluster } from '../../cluster/cluster';
import { collectionPath, objectPath } from '../../cluster/paths';
import { ApiRefusal } from '../../cluster/status';
import { ExitCode } from '../../exit-code';
import { Failure } from '../../failure';
import { identityInWords } from '../owner';
import { explain, ReleaseRefused } from '../refusals';
import type { ReleaseIdentity } from '../release';

export interface PullSecretOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
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

/** How often a change is tried when other jobs change the Secret at the same time. */
const ATTEMPTS = 5;

/**
 * A Secret with the credentials that images are pulled with. It is no part of a release: it is not recorded, and several applications use it.
 * Every change is made of what was just read, and refused by the server when somebody was faster.
 */
export class PullSecret {
  private readonly id: string;

  public constructor(private readonly cluster: Cluster, private readonly options: PullSecretOptions) {
    this.id = ownerId(options.identity, options.namespace);
  }

  /**
   * What using it would do; the server checks it, and nothing is written.
   *
   * @throws `ReleaseRefused` when it cannot be used.
   */
  public async plan(use: PullSecretUse): Promise<PullSecretResult> {
    return this.use(use, true);
  }

  /**
   * Puts the application's credentials beside those of others.
   */
  public async write(use: PullSecretUse): Promise<PullSecretResult> {
    return this.use(use, false);
  }

  /** Whether the application has put something there already. */
  public async isUsed(): Promise<boolean> {
    return (await this.read()).users.has(this.id);
  }

  /** Takes out what the application has put there for other registries: nothing pulls from them any more. */
  public async settle({ registry }: PullCredentials): Promise<void> {
    await this.change((before) => withoutUse(before, this.id, registry), false);
  }

  /**
   * Takes out what the application alone has put there, and removes the Secret when nothing is left in it.
   */
  public async withdraw(dryRun = false): Promise<'removed' | 'kept' | 'unchanged'> {
    const { before, after } = await this.change((secret) => withoutUse(secret, this.id), dryRun);
    if (isSame(before, after)) return 'unchanged';
    return isUnused(after) ? 'removed' : 'kept';
  }

  private async use({ credentials, adopt, force }: PullSecretUse, dryRun: boolean): Promise<PullSecretResult> {
    const { name, identity } = this.options;
    const use = { identity, credentials };
    const { before, after } = await this.change((secret) => {
      this.check(secret, adopt);
      const others = force ? [] : inTheWay(secret, this.id, use);
      if (others.length > 0) throw this.refused(taken(credentials.registry, others));
      return withUse(secret, this.id, use);
    }, dryRun);
    const result = before.uid === undefined ? 'created' : isSame(before, after) ? 'unchanged' : 'changed';
    return { name, registry: credentials.registry, result };
  }

  private check({ uid, users }: StoredSecret, adopt: boolean): void {
    if (uid === undefined || users.size > 0 || adopt) return;
    throw this.refused({ given: 'it exists already, and no application uses it', fix: 'add the credentials to it (--adopt), or choose another name' });
  }

  private async change(to: (before: StoredSecret) => SharedSecret, dryRun: boolean): Promise<{ before: StoredSecret; after: SharedSecret }> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.read();
      const after = to(before);
      try {
        await this.store(before, after, dryRun);
        return { before, after };
      } catch (error) {
        if (!(error instanceof ApiRefusal)) throw error;
        if (![404, 409].includes(error.code) || attempt >= ATTEMPTS) throw this.explained(error);
      }
    }
  }

  private async read(): Promise<StoredSecret> {
    const stored = storedSecret(await this.live());
    if ('given' in stored) throw this.refused(stored);
    return stored;
  }

  private async live(): Promise<JsonObject | undefined> {
    try {
      return await this.cluster.get(this.path());
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.code === 404) return undefined;
      throw this.explained(error);
    }
  }

  private async store(before: StoredSecret, after: SharedSecret, dryRun: boolean): Promise<void> {
    const { cluster, options: { name } } = this;
    if (isSame(before, after)) return;
    if (before.uid === undefined) {
      await cluster.create(this.collection(), newSecret(name, after), { repeatable: true, query: { dryRun: dryRun ? 'All' : undefined } });
    } else if (isUnused(after)) {
      await cluster.delete(this.path(), { uid: before.uid, resourceVersion: before.resourceVersion, dryRun });
    } else {
      await cluster.merge(this.path(), patchOf(before, after), { dryRun });
    }
  }

  private explained(refusal: ApiRefusal): Failure {
    const { name, mask } = this.options;
    const explained = explain({ at: '--pull-secret', apiVersion: 'v1', kind: 'Secret', name, value: {} }, refusal);
    return new ReleaseRefused([{ ...explained, given: mask(explained.given) }], 1);
  }

  private refused({ given, fix }: Unusable): Failure {
    return new Failure(`--pull-secret: Secret ${this.options.name}: ${given}; ${fix}. Nothing was written`, ExitCode.NO);
  }

  private collection(): string {
    return collectionPath({ group: '', version: 'v1', resource: 'secrets', namespace: this.options.namespace });
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
