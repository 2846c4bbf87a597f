import type { Cluster } from '../../cluster/cluster';
import type { Clock } from '../../host';
import type { ReleaseIdentity } from '../release';

export interface LockOptions {
  /**
   * Of its own: its signal is not the command's, or the lock could not be released when the command is ended.
   */
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** Who others see: the job's URL, or host and process. See `holderOf`. */
  readonly holder: string;
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly maximumWait: number;
  /** Milliseconds after the last renewal until others may take it; a third of it passes between renewals. By default 30,000. */
  readonly duration?: number;
  /** Told once of each holder that is waited for. */
  readonly waiting?: (holder: string) => void;
}

/**
 * A Lease that only one deployment of an application holds at a time, renewed in the background until it is released.
 *
 * Others wait until they have seen it unchanged for as long as it lasts, by their own clock. The holder stops before that: a renewal
 * that is missed ends the lock for good.
 */
export class DeployLock {
  /**
   * Waits for the lock.
   *
   * @throws `Failure` with exit code 4 when it was not free in time.
   */
  public static async acquire(options: LockOptions): Promise<DeployLock> {
    throw new Error(`not there yet: ${options.holder}`);
  }

  /** Aborted with a `Failure` when the lock is lost. Give it to the client that writes, so that nothing of it is sent afterwards. */
  public readonly signal: AbortSignal = new AbortController().signal;

  protected constructor() {}

  /** Throws when the lock is lost. To be called before each write. */
  public assertHeld(): void {
    this.signal.throwIfAborted();
  }

  /** Gives it back; does nothing when it is lost or given back already. Never throws for a server that does not answer: others then wait. */
  public async release(): Promise<void> {}

  /** Gives it back and deletes the Lease, unless the access manifests made it. */
  public async remove(): Promise<void> {}
}
