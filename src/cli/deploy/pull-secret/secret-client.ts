import { isSame, isUnused, SharedDockerConfig } from './shared-docker-config';
import { newSecret, patchOf, StoredSecret, storedSecret, Unusable } from './stored-secret';
import type { JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { objectPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { explain, ObjectProblem } from '../objects/object-problems';

const OPTION = '--pull-secret';

/**
 * The pull secret cannot be used. It was not changed.
 */
export class PullSecretRejected extends Failure {
  public override readonly name: string = 'PullSecretRejected';

  /** The reason as a problem of an object of the release. */
  public readonly problem: ObjectProblem;

  public constructor(secret: string, { given, fix }: Unusable, isAccess = false) {
    super(`${printableText(`${OPTION}: Secret ${secret}: ${given}`)}; ${fix}`, isAccess ? ExitCode.REFUSED : ExitCode.NO);
    this.problem = { object: { at: OPTION, kind: 'Secret', name: secret }, given, fix, isAccess };
  }
}

/**
 * The Secret itself is no pull secret to share, whatever the API server allows.
 */
export class PullSecretUnusable extends PullSecretRejected {
  public override readonly name = 'PullSecretUnusable';
}

export interface SecretClientOptions {
  readonly namespace: string;
  readonly name: string;
  /** The field manager that creates the Secret. */
  readonly fieldManager: string;
  /** Hides the secrets that the job knows in the server's messages. */
  readonly mask: (text: string) => string;
}

export interface SecretChange {
  readonly before: StoredSecret;
  readonly after: SharedDockerConfig;
  readonly isDeleted: boolean;
}

/** Attempts to change the Secret when other jobs change it at the same time. */
const ATTEMPTS = 5;

/**
 * Reads and changes one Secret that several applications share. Each change carries the resourceVersion that was read, and is repeated when another
 * job was faster.
 *
 * Its methods throw `PullSecretRejected` when the Secret cannot be shared, or the server refuses.
 */
export class SecretClient {
  private readonly path: string;

  public constructor(private readonly cluster: KubernetesClient, private readonly options: SecretClientOptions) {
    const { namespace, name } = options;
    this.path = objectPath({ group: '', version: 'v1', resource: 'secrets', namespace, name });
  }

  /**
   * @param to The new content. It may throw `PullSecretRejected`.
   */
  public async change(to: (before: StoredSecret) => SharedDockerConfig, dryRun: boolean): Promise<SecretChange> {
    for (let attempt = 1; ; attempt++) {
      const before = await this.read();
      const after = to(before);
      try {
        return { before, after, isDeleted: await this.store(before, after, dryRun) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (![404, 409].includes(error.code) || attempt >= ATTEMPTS) throw this.rejectedBy(error);
      }
    }
  }

  private async read(): Promise<StoredSecret> {
    const stored = storedSecret(await this.live());
    if ('given' in stored) throw new PullSecretUnusable(this.options.name, stored);
    return stored;
  }

  private async live(): Promise<JsonObject | undefined> {
    try {
      return await this.cluster.get(this.path);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return undefined;
      throw this.rejectedBy(error);
    }
  }

  /** Resolves to whether the Secret was deleted. */
  private async store(before: StoredSecret, after: SharedDockerConfig, dryRun: boolean): Promise<boolean> {
    if (isSame(before, after)) return false;
    if (before.uid === undefined) {
      // An apply names the Secret in its path, so the right to create it can be for this name only. Two jobs that create it are two managers.
      await this.cluster.apply(this.path, newSecret(this.options.name, after), { dryRun, fieldManager: this.options.fieldManager });
      return false;
    }
    if (isUnused(after) && !before.isKept && await this.delete(before, dryRun)) return true;
    await this.cluster.merge(this.path, patchOf(before, after), { dryRun });
    return false;
  }

  /** Resolves to false when the credential may not delete the Secret: an administrator created it. */
  private async delete({ uid, resourceVersion }: StoredSecret, dryRun: boolean): Promise<boolean> {
    try {
      await this.cluster.delete(this.path, { uid, resourceVersion, dryRun });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === 403) return false;
      throw error;
    }
  }

  private rejectedBy(error: ApiError): PullSecretRejected {
    const { name, mask } = this.options;
    const { given, fix, isAccess } = explain({ at: OPTION, apiVersion: 'v1', kind: 'Secret', name, value: {} }, error);
    const isForbidden = isAccess && error.code === 403;
    const grant = 'let an administrator grant this right (`pullSecret` of DeployerRole.leastPrivilege), or create the Secret yourself and leave the option out';
    return new PullSecretRejected(name, { given: mask(given), fix: isForbidden ? grant : fix }, isAccess);
  }
}
