import { acquireLock, Reads } from './acquire-lock';
import { DeployLock, guardedByLock } from './deploy-lock';
import { releaseName } from '../../../release/release-names';
import type { Clock } from '../../base/host';
import type { Connection } from '../../cluster/connection';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import type { TimeBudget } from '../../http/retry';
import { ReleaseStore } from '../history/release-store';
import type { ReleaseIdentity } from '../objects/release';

/**
 * Access to the cluster for one command. `withAccess` ends it: with `release`, and after a failure with `abandon` before.
 */
export interface ClusterAccess<T> {
  readonly cluster: KubernetesClient;
  /** The result of the reads. They begin now, unless they began while the lock was being acquired. */
  reads(): Promise<T>;
  /** Releases the lock and deletes its Lease: the application is gone. */
  removeLock(): Promise<void>;
  /** Removes the Lease that this command created when the application still has no record. */
  abandon(): Promise<void>;
  /** Releases the lock, and closes all connections. */
  release(): Promise<void>;
}

export interface LockedClusterOptions {
  readonly connection: Connection;
  readonly connect: (connection: Connection, signal: AbortSignal, budget?: TimeBudget) => KubernetesClient;
  readonly namespace: string;
  /** The application's identity. During a take-over also its former one. */
  readonly identities: readonly ReleaseIdentity[];
  /** The holder's name for people. See `holderOf`. */
  readonly holder: string;
  readonly clock: Clock;
  /** Ends the wait for the lock. */
  readonly signal: AbortSignal;
  /** Milliseconds to wait for the lock. */
  readonly maximumWait: number;
  /** Gets a line for each job that it waits for. */
  readonly waiting: (line: string) => void;
}

/**
 * Access for a command that writes: it holds the locks of all identities, and its client sends nothing after one of them is lost.
 *
 * Two locks are taken in the order of their names, so that two jobs never wait for each other, and released in reverse order.
 *
 * @param read Only reads. With one lock, it may be called while the lock is being taken, and again when another job was faster.
 */
export async function lockCluster<T>(options: LockedClusterOptions, read: (cluster: KubernetesClient) => Promise<T>): Promise<ClusterAccess<T>> {
  const locks = new Locks(options);
  try {
    return await locks.acquire(read);
  } catch (error) {
    await locks.release();
    throw error;
  }
}

/**
 * Access for a command that only reads, without a lock.
 */
export function readCluster<T>(cluster: KubernetesClient, read: (cluster: KubernetesClient) => Promise<T>): ClusterAccess<T> {
  const work = new Work(cluster, read);
  const nothing = async () => undefined;
  return { cluster, reads: async () => work.reads(), removeLock: nothing, abandon: nothing, release: async () => work.close() };
}

/**
 * Runs an action with access to the cluster, and ends the access.
 */
export async function withAccess<T, R>(access: ClusterAccess<T>, action: () => Promise<R>): Promise<R> {
  try {
    return await action();
  } catch (error) {
    await access.abandon();
    throw error;
  } finally {
    await access.release();
  }
}

/** For one exchange, and for one call with its retries: a renewal must not take longer. */
const LOCK_BUDGET: TimeBudget = { perCall: 5_000, total: 8_000 };

class Locks {
  private readonly lockClient: KubernetesClient;
  private readonly locks: readonly DeployLock[];
  private readonly held: DeployLock[] = [];

  public constructor(private readonly options: LockedClusterOptions) {
    const { connect, connection, identities } = options;
    // The command's signal must not end this client, or the lock could not be released.
    this.lockClient = connect(connection, new AbortController().signal, LOCK_BUDGET);
    const inOrder = [...identities].sort((one, other) => (releaseName(one) < releaseName(other) ? -1 : 1));
    this.locks = inOrder.map((identity) => new DeployLock({ ...options, cluster: this.lockClient, identity }));
  }

  public async acquire<T>(read: (cluster: KubernetesClient) => Promise<T>): Promise<ClusterAccess<T>> {
    const begin = () => this.connect(read).begun();
    let early: Work<T> | undefined;
    for (const lock of this.locks) {
      early = await acquireLock(lock, this.options, this.locks.length === 1 ? begin : undefined);
      this.held.push(lock);
    }
    const work = early ?? this.connect(read);
    return {
      cluster: work.cluster,
      reads: async () => work.reads(),
      removeLock: async () => this.remove(),
      abandon: async () => {
        work.close();
        await this.abandon();
      },
      release: async () => {
        work.close();
        await this.release();
      },
    };
  }

  /** With two locks, an application may have had no record, or have none any more: its Lease goes, too. */
  public async release(): Promise<void> {
    try {
      for (const lock of this.held.reverse()) await (this.locks.length > 1 && await this.isUnknown(lock) ? lock.remove() : lock.release());
    } finally {
      this.lockClient.close();
    }
  }

  private async abandon(): Promise<void> {
    const [lock] = this.held;
    if (this.locks.length === 1 && lock?.isNew && await this.isUnknown(lock)) await lock.remove();
  }

  private async remove(): Promise<void> {
    for (const lock of this.held) await lock.remove();
  }

  /** A client that sends nothing after one of the locks is lost or released. */
  private connect<T>(read: (cluster: KubernetesClient) => Promise<T>): Work<T> {
    const { connect, connection } = this.options;
    const guarded = this.locks.reduce((inner, lock) => guardedByLock(inner, lock), connection);
    return new Work(connect(guarded, AbortSignal.any(this.locks.map(({ signal }) => signal))), read);
  }

  /** Whether the application of a lock has no record. */
  private async isUnknown({ identity }: DeployLock): Promise<boolean> {
    const store = new ReleaseStore(this.lockClient, this.options.namespace, identity, this.options.clock);
    return store.read().then((history) => history === undefined, () => false);
  }
}

/** A client, and the reads with it. */
class Work<T> implements Reads {
  private reading?: Promise<T>;

  public constructor(public readonly cluster: KubernetesClient, private readonly read: (cluster: KubernetesClient) => Promise<T>) {}

  public async reads(): Promise<T> {
    this.reading ??= this.read(this.cluster);
    return this.reading;
  }

  /** Begins the reads. Nobody awaits them yet, so a failure must not end the process. */
  public begun(): this {
    this.reads().catch(() => undefined);
    return this;
  }

  public close(): void {
    this.cluster.close();
  }
}
