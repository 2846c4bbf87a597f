import { hostname } from 'node:os';
import type { DeployLock } from './deploy-lock';
import { Lease, LEASE_DURATION } from './lease';
import { printable } from '../../../base/printable';
import { show } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { spanInWords } from '../../base/duration';
import { ExitCode, Failure } from '../../base/failure';
import type { Clock } from '../../base/host';

export interface AcquireOptions {
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly maximumWait: number;
  /** Gets a line for each holder that it waits for, and another one when that holder stops renewing. */
  readonly waiting?: (line: string) => void;
}

/**
 * Reads that have begun.
 */
export interface Reads {
  /** Ends the requests that are under way. */
  close(): void;
}

/**
 * Waits for a lock and takes it. The reads begin while a free lock is being taken.
 *
 * Success proves that nobody held the lock in between, so these reads are as good as later ones. When another job was faster, they are dropped and
 * begin again. Without a Lease they do not begin: another job may have created and deleted a Lease in between.
 *
 * @returns The reads, if they have begun. Otherwise the caller begins them.
 * @throws `Failure` with exit code 4 when the lock was not free in time.
 */
export async function acquireLock<R extends Reads>(lock: DeployLock, options: AcquireOptions, begin?: () => R): Promise<R | undefined> {
  const wait = new LockWait(lock, options);
  for (;;) {
    const lease = await wait.untilFree();
    const taking = lock.take(lease);
    const early = lease && begin?.();
    let isTaken = false;
    try {
      isTaken = await taking;
    } finally {
      if (!isTaken) early?.close();
    }
    if (isTaken) return early;
  }
}

/**
 * The holder of a lock, for the people who wait: the job's page, or the process of a workstation.
 */
export function holderOf({ CI_JOB_URL }: CiVariables): string {
  return CI_JOB_URL || `process ${process.pid} on ${hostname()}`;
}

/** Milliseconds between two reads of a Lease that another job holds. */
const POLL = 1000;

class LockWait {
  private readonly end: number;
  private readonly expiry: LeaseExpiry;
  private reads = 0;
  private lease?: Lease;

  public constructor(private readonly lock: DeployLock, private readonly options: AcquireOptions) {
    this.end = options.clock.now() + options.maximumWait;
    this.expiry = new LeaseExpiry(options);
  }

  /** Resolves to the free Lease, or to nothing when there is none. */
  public async untilFree(): Promise<Lease | undefined> {
    for (;;) {
      if (this.reads > 0) await this.pause();
      this.reads += 1;
      this.lease = await this.lock.read();
      if (this.expiry.isFree(this.lease)) return this.lease;
    }
  }

  private async pause(): Promise<void> {
    const { clock, signal } = this.options;
    const left = this.end - clock.now();
    if (left <= 0) throw this.busy();
    await clock.sleep(Math.min(POLL, left), signal);
  }

  private busy(): Failure {
    const waited = seconds(this.options.maximumWait);
    const holder = this.lease?.holder === undefined ? 'other jobs were always faster' : `${show(this.lease.holder)} still holds the lock`;
    return new Failure(`${this.lock.at}: ${holder} after ${waited}; run this job again later, or wait longer (--lock-wait)`, ExitCode.UNREACHABLE);
  }
}

/**
 * Decides when the lock of another job has expired: when its Lease did not change for its whole duration, by the clock of the job that waits.
 */
class LeaseExpiry {
  private seen?: { readonly version: string; readonly since: number };
  private announced?: string;
  private doubted?: string;

  public constructor(private readonly options: Pick<AcquireOptions, 'clock' | 'maximumWait' | 'waiting'>) {}

  /** Whether the lock may be taken, as its Lease was just read. */
  public isFree(lease: Lease | undefined): boolean {
    const { clock } = this.options;
    const version = lease?.resourceVersion ?? '';
    if (this.seen?.version !== version) this.seen = { version, since: clock.now() };
    if (lease?.holder === undefined) return true;
    const [silence, lasts] = [clock.now() - this.seen.since, lease.duration || LEASE_DURATION];
    this.announce(lease, lasts);
    if (silence >= lasts) return true;
    // A holder renews several times in this time.
    if (silence >= lasts / 2) this.doubt(lease, silence, lasts);
    return false;
  }

  private announce({ holder = '', acquired }: Lease, lasts: number): void {
    if (this.announced === holder) return;
    this.announced = holder;
    const since = acquired === undefined ? '' : ` since ${printable(acquired.replace(/\.\d+Z$/, 'Z'))}`;
    this.say(`waiting for ${show(holder)}, which holds the lock${since}; at most ${seconds(this.options.maximumWait)}, or until it has not renewed the lock for ${seconds(lasts)}`);
  }

  private doubt({ holder = '', resourceVersion }: Lease, silence: number, lasts: number): void {
    if (this.doubted === resourceVersion) return;
    this.doubted = resourceVersion;
    this.say(`${show(holder)} has not renewed its lock for ${seconds(silence)}; the lock expires in ${seconds(lasts - silence)}`);
  }

  private say(line: string): void {
    this.options.waiting?.(line);
  }
}

function seconds(milliseconds: number): string {
  return spanInWords(milliseconds / 1000);
}
