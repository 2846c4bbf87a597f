import { Lease, LEASE_DURATION, LeaseClient } from './lease';
import { cryptoModule } from '../../../base/lazy-modules';
import { ExitCode, Failure } from '../../base/failure';
import type { Clock } from '../../base/host';
import type { Connection } from '../../cluster/connection';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { isTransient } from '../../http/network-errors';
import type { ReleaseIdentity } from '../objects/release';

export interface LockOptions {
  /** The lock's own client. The command's signal must not end it, or the lock could not be released. Its calls take a few seconds at most. */
  readonly cluster: KubernetesClient;
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** The holder's name for people. See `holderOf`. */
  readonly holder: string;
  readonly clock: Clock;
  /** Ends the attempts to read and to take the lock. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two attempts to reach the server. */
const PAUSE = 1000;

/** Milliseconds for which requests are repeated before the lock is held, when the server cannot be reached. */
const PATIENCE = 30_000;

/** Renewals in the duration of a Lease: the lock survives an outage of half of that time. */
const RENEWALS = 6;

/**
 * A Lease that one deployment of an application holds at a time. The holder renews it in the background until it releases the lock.
 *
 * Others take the lock when they have seen the Lease unchanged for its whole duration, by their own clock. The holder stops when two thirds of the
 * duration have passed since it sent its last successful renewal, also by its own clock. After a missed renewal, the lock is lost for good. A second
 * process of the same job waits as well: nobody knows whether the first one has ended.
 */
export class DeployLock {
  private readonly leases: LeaseClient;
  private readonly id = cryptoModule().randomUUID();
  private readonly lost = new AbortController();
  private readonly ended = new AbortController();
  private renewing = Promise.resolve();
  private lease?: Lease;
  private made = false;
  private heldUntil = 0;
  private trouble = 'it could not be renewed in time';

  public constructor(private readonly options: LockOptions) {
    this.leases = new LeaseClient(options.cluster, options.namespace, options.identity);
  }

  /** `Lease example/cdk8s-ci-deploy-web-production-0123456789`, for people. */
  public get at(): string {
    return this.leases.at;
  }

  public get identity(): ReleaseIdentity {
    return this.options.identity;
  }

  /** Whether this lock created its Lease. */
  public get isNew(): boolean {
    return this.made;
  }

  /** Aborted with `LockLost` when the lock is lost. The client that writes needs it, so that it sends nothing afterwards. */
  public get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** Throws unless a request may be sent: none after the lock was lost or released, and no write before the lock is held. */
  public assertMaySend(writes: boolean): void {
    if (this.lease || writes) this.assertHeld();
  }

  /** Throws unless the lock is held. A process that was paused notices a lost lock here first. */
  public assertHeld(): void {
    if (!this.lease) throw new Error('the lock is not held yet');
    if (!this.ended.signal.aborted && this.options.clock.now() >= this.heldUntil) this.lose(this.trouble);
    this.signal.throwIfAborted();
    if (this.ended.signal.aborted) throw new Error('the lock was released');
  }

  /** Reads the Lease of the lock. */
  public async read(): Promise<Lease | undefined> {
    return this.patiently(async () => this.leases.read());
  }

  /**
   * Takes the lock, and renews it from then on.
   *
   * @param lease The free Lease as it was read, or nothing when there was none.
   * @returns False when another job was faster.
   */
  public async take(lease: Lease | undefined): Promise<boolean> {
    if (!await this.patiently(async () => this.write(lease, this.taken(lease)))) return false;
    this.made = lease === undefined;
    this.renewing = this.renew();
    void this.expire();
    return true;
  }

  /** Releases the lock, unless it is lost or released already. When the server does not answer, other jobs wait until the Lease expires. */
  public async release(): Promise<void> {
    await this.end(async (lease) => this.leases.write(lease, this.released()));
  }

  /** Releases the lock and deletes the Lease, unless the access manifests created it. */
  public async remove(): Promise<void> {
    await this.end(async (lease) => {
      const freed = await this.leases.write(lease, this.released());
      if (freed && !freed.isKept) await this.leases.delete(freed);
      return freed;
    });
  }

  /** Repeats requests for longer than a renewal could: nothing is held yet. */
  private async patiently<T>(action: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.options;
    for (const begun = clock.now(); ;) {
      try {
        return await action();
      } catch (error) {
        if (!isTransient(error) || clock.now() - begun >= PATIENCE) throw error;
        await clock.sleep(PAUSE, signal);
      }
    }
  }

  /** Resolves to whether this lock holds the Lease. It writes again when an answer was lost, or another field of the Lease was changed. */
  private async write(before: Lease | undefined, spec: { readonly [field: string]: string | number }): Promise<boolean> {
    let lease = before;
    for (;;) {
      const sent = this.options.clock.now();
      const written = await this.leases.write(lease, { holderId: this.id, spec });
      if (written) {
        this.lease = written;
        this.heldUntil = sent + LEASE_DURATION * 2 / 3;
        return true;
      }
      lease = await this.leases.read();
      if (lease?.holderId !== this.id) return false;
    }
  }

  private async renew(): Promise<void> {
    let pause = LEASE_DURATION / RENEWALS;
    for (;;) {
      if (!await this.slept(pause)) return;
      pause = await this.renewed() ? LEASE_DURATION / RENEWALS : Math.min(PAUSE, LEASE_DURATION / 10);
    }
  }

  private async renewed(): Promise<boolean> {
    try {
      const isOurs = await this.write(this.lease, { renewTime: this.time() });
      if (!isOurs) this.lose('another job has taken it');
      return isOurs;
    } catch (error) {
      this.trouble = `it could not be renewed in time: ${error instanceof Error ? error.message : String(error)}`;
      return false;
    }
  }

  /** Ends the lock in time, also during a renewal. */
  private async expire(): Promise<void> {
    while (this.heldUntil > this.options.clock.now()) {
      if (!await this.slept(this.heldUntil - this.options.clock.now())) return;
    }
    this.lose(this.trouble);
  }

  private async slept(milliseconds: number): Promise<boolean> {
    return this.options.clock.sleep(milliseconds, this.ended.signal).then(() => true, () => false);
  }

  private lose(why: string): void {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    this.lost.abort(new LockLost(this.at, why));
  }

  private async end(action: (lease: Lease) => Promise<Lease | undefined>): Promise<void> {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    await this.renewing;
    try {
      if (this.lease && await action(this.lease)) return;
      const now = await this.leases.read();
      if (now?.holderId === this.id) await action(now);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  private taken(lease: Lease | undefined) {
    const now = this.time();
    return {
      holderIdentity: this.options.holder,
      leaseDurationSeconds: Math.ceil(LEASE_DURATION / 1000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: (lease?.transitions ?? -1) + 1,
    };
  }

  private released() {
    return { holderId: null, spec: { holderIdentity: null, renewTime: this.time(), leaseDurationSeconds: 1 } };
  }

  /** As Kubernetes writes a MicroTime. */
  private time(): string {
    return new Date(this.options.clock.now()).toISOString().replace('Z', '000Z');
  }
}

/**
 * The job no longer holds the lock: another job may be deploying.
 */
export class LockLost extends Failure {
  public override readonly name = 'LockLost';

  public constructor(at: string, why: string) {
    super(`${at}: the lock of this deployment is lost, and nothing more is written: ${why}`, ExitCode.UNREACHABLE);
  }
}

/**
 * A connection that writes only while a lock is held, and sends nothing after the lock is lost or released. It may read before the lock is held.
 *
 * The lock is checked twice: a request waits for its turn and for its connection, and the process may be paused in between.
 */
export function guardedByLock(connection: Connection, lock: { assertMaySend(writes: boolean): void }): Connection {
  const { description } = connection.credentials;
  return {
    ...connection,
    permit: (request) => {
      connection.permit?.(request);
      lock.assertMaySend(request.writes);
    },
    credentials: {
      description,
      present: async (renew) => {
        const presented = await connection.credentials.present(renew);
        lock.assertMaySend(false);
        return presented;
      },
    },
  };
}
