import { Lease, LeaseFile } from './lease';
import { LeaseExpiry } from './lease-expiry';
import { LockLost } from './lock-lost';
import { cryptoModule } from '../../../base/lazy-modules';
import { show } from '../../../base/user-error';
import { spanInWords } from '../../base/duration';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { Clock } from '../../base/host';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { isTransient } from '../../http/network-errors';
import type { ReleaseIdentity } from '../objects/release';

export interface LockOptions {
  /**
   * Of its own: its signal is not the command's, or the lock could not be given back when the command is ended. Its calls take a few seconds at most.
   */
  readonly cluster: KubernetesClient;
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** Who others see: the job's URL, or a process. See `holderOf`. */
  readonly holder: string;
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly maximumWait: number;
  /** Milliseconds from a renewal until others may take the lock, in whole seconds; it is renewed six times as often. By default 30,000. */
  readonly duration?: number;
  /** Told in words whom it waits for and how long: once of each holder, and when nothing is heard of it. */
  readonly waiting?: (words: string) => void;
  readonly ahead?: WhileTaking;
}

/**
 * What is done while a free lock is taken. Only reading: `whileHeld` lets nothing else through before it is held.
 */
export interface WhileTaking {
  /**
   * A Lease that nobody holds is asked for as it was read. When it is got, nobody has held it in between: what is read from now on is as good as
   * what is read afterwards. Where there was no Lease, one may have come and gone, so this is not called.
   */
  begin(lock: DeployLock): void;
  /** Others were faster: what was read may be what they are changing. */
  drop(): void;
}

const DURATION = 30_000;

/** Milliseconds between two looks at a lock that somebody has, and between two attempts to renew one's own. */
const POLL = 1000;

/** Milliseconds for which a server that cannot be reached is asked again for a lock. */
const PATIENCE = 30_000;

/** How many renewals there are in the time that a lock lasts: an outage of half of it is survived. */
const RENEWALS = 6;

/**
 * A Lease that only one deployment of an application holds at a time, renewed in the background until it is given back.
 *
 * Others take it when they have seen it unchanged for as long as it lasts, by their own clock. The holder stops when two thirds of that have
 * passed since it sent the last renewal that arrived, also by its own: a renewal that is missed ends the lock for good. The same job run again waits
 * as well: nobody knows whether its first process is gone, and a script may run several at once.
 */
export class DeployLock {
  /**
   * Waits for the lock.
   *
   * @throws `Failure` with exit code 4 when it was not free in time.
   */
  public static async acquire(options: LockOptions): Promise<DeployLock> {
    const lock = new DeployLock(options, options.duration ?? DURATION);
    await lock.wait();
    lock.kept = lock.keep();
    void lock.guard();
    return lock;
  }

  private readonly file: LeaseFile;
  private readonly id = cryptoModule().randomUUID();
  private readonly lost = new AbortController();
  private readonly ended = new AbortController();
  private kept = Promise.resolve();
  private lease?: Lease;
  private made = false;
  private heldUntil = 0;
  private trouble = 'it could not be renewed in time';

  private constructor(private readonly options: LockOptions, private readonly duration: number) {
    this.file = new LeaseFile(options.cluster, options.namespace, options.identity);
  }

  /** Whether there was no Lease before. */
  public get isNew(): boolean {
    return this.made;
  }

  /** Aborted with a `LockLost` when the lock is lost. Give it to the client that writes, so that nothing of it is sent afterwards. */
  public get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** Throws unless what reads, or writes, may be sent: nothing when the lock is lost or given back, and no write before it is held. */
  public assertMaySend(writes: boolean): void {
    if (this.lease || writes) this.assertHeld();
  }

  /** Throws when the lock is lost or given back, or not held yet. A process that was paused learns of it here first. */
  public assertHeld(): void {
    if (!this.lease) throw new Error('the lock is not held yet');
    if (!this.ended.signal.aborted && this.options.clock.now() >= this.heldUntil) this.lose(this.trouble);
    this.signal.throwIfAborted();
    if (this.ended.signal.aborted) throw new Error('the lock was given back');
  }

  /** Gives it back, unless it is lost or given back already. When the server does not answer, others have to wait. */
  public async release(): Promise<void> {
    await this.end(async (lease) => this.file.write(lease, this.free()));
  }

  /** Gives it back and deletes the Lease, unless that came with the access manifests. */
  public async remove(): Promise<void> {
    await this.end(async (lease) => {
      const freed = await this.file.write(lease, this.free());
      if (freed && !freed.isKept) await this.file.delete(freed);
      return freed;
    });
  }

  private async wait(): Promise<void> {
    const { clock, maximumWait, signal, waiting } = this.options;
    const end = clock.now() + maximumWait;
    const watch = new LeaseExpiry({ clock, maximumWait, waiting, duration: this.duration });
    for (;;) {
      const lease = await this.patiently(async () => this.file.read());
      if (watch.isFree(lease) && await this.takeWith(lease)) return;
      const left = end - clock.now();
      if (left <= 0) throw this.busy(lease);
      await clock.sleep(Math.min(POLL, left), signal);
    }
  }

  /** Nothing is held yet, so there is more time than for a renewal. */
  private async patiently<T>(action: () => Promise<T>): Promise<T> {
    const { clock, signal } = this.options;
    for (const begun = clock.now(); ;) {
      try {
        return await action();
      } catch (error) {
        if (!isTransient(error) || clock.now() - begun >= PATIENCE) throw error;
        await clock.sleep(POLL, signal);
      }
    }
  }

  private async takeWith(lease: Lease | undefined): Promise<boolean> {
    const taking = this.patiently(async () => this.take(lease));
    if (lease) this.options.ahead?.begin(this);
    const isTaken = await taking;
    this.made = isTaken && lease === undefined;
    if (!isTaken) this.options.ahead?.drop();
    return isTaken;
  }

  private async take(lease: Lease | undefined): Promise<boolean> {
    const now = this.time();
    return this.write(lease, {
      holderIdentity: this.options.holder,
      leaseDurationSeconds: Math.ceil(this.duration / 1000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: (lease?.transitions ?? -1) + 1,
    });
  }

  /** Whether the lock is this one's after it. When an answer was lost, or somebody changed something else of the Lease, it is written again. */
  private async write(before: Lease | undefined, spec: { readonly [field: string]: string | number }): Promise<boolean> {
    let lease = before;
    for (;;) {
      const sent = this.options.clock.now();
      const written = await this.file.write(lease, { holderId: this.id, spec });
      if (written) {
        this.lease = written;
        this.heldUntil = sent + this.duration * 2 / 3;
        return true;
      }
      lease = await this.file.read();
      if (lease?.holderId !== this.id) return false;
    }
  }

  private async keep(): Promise<void> {
    let pause = this.duration / RENEWALS;
    for (;;) {
      if (!await this.slept(pause)) return;
      pause = await this.renewed() ? this.duration / RENEWALS : Math.min(POLL, this.duration / 10);
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

  /** Ends the lock in time, also while a renewal is under way. */
  private async guard(): Promise<void> {
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
    this.lost.abort(new LockLost(this.file.at, why));
  }

  private async end(action: (lease: Lease) => Promise<Lease | undefined>): Promise<void> {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    await this.kept;
    try {
      if (this.lease && await action(this.lease)) return;
      const now = await this.file.read();
      if (now?.holderId === this.id) await action(now);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  private free() {
    return { holderId: null, spec: { holderIdentity: null, renewTime: this.time(), leaseDurationSeconds: 1 } };
  }

  private busy(lease: Lease | undefined): Failure {
    const waited = spanInWords(this.options.maximumWait / 1000);
    const holder = lease?.holder === undefined ? 'others were always faster' : `${show(lease.holder)} is deploying`;
    return new Failure(`${this.file.at}: ${holder}, and was not done within ${waited}; run this job again when it is, or wait longer`, ExitCode.UNREACHABLE);
  }

  /** As Kubernetes writes a MicroTime. */
  private time(): string {
    return new Date(this.options.clock.now()).toISOString().replace('Z', '000Z');
  }
}
