import { Lease, LEASE_DURATION } from './lease';
import { printable } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { spanInWords } from '../../base/duration';
import type { Clock } from '../../base/host';

export interface LeaseExpiryOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly maximumWait: number;
  /** Gets a line for each holder, and another one when the holder stops renewing. */
  readonly waiting?: (line: string) => void;
}

/**
 * Decides when the lock of another job has expired: when its Lease did not change for its whole duration, by the clock of the job that waits.
 */
export class LeaseExpiry {
  private seen?: { readonly version: string; readonly since: number };
  private announced?: string;
  private doubted?: string;

  public constructor(private readonly options: LeaseExpiryOptions) {}

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
