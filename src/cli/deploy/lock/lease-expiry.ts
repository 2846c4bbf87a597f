import type { Lease } from './lease';
import { printable } from '../../../base/printable';
import { show } from '../../../base/user-error';
import { spanInWords } from '../../base/duration';
import type { Clock } from '../../base/host';

export interface HolderWatchOptions {
  readonly clock: Clock;
  /** Milliseconds that a lock lasts when its Lease does not say so. */
  readonly duration: number;
  /** Milliseconds. */
  readonly maximumWait: number;
  /** Told of each holder once, and when nothing is heard of it. */
  readonly waiting?: (words: string) => void;
}

/**
 * Watches over a lock that somebody else has. It may be taken when it was seen unchanged for as long as it lasts, by the clock of the one who waits.
 */
export class LeaseExpiry {
  private seen?: { readonly version: string; readonly since: number };
  private told?: string;
  private doubted?: string;

  public constructor(private readonly options: HolderWatchOptions) {}

  /** Whether the lock may be taken as it was read just now. */
  public isFree(lease: Lease | undefined): boolean {
    const { clock, duration } = this.options;
    const version = lease?.resourceVersion ?? '';
    if (this.seen?.version !== version) this.seen = { version, since: clock.now() };
    if (lease?.holder === undefined) return true;
    const [silence, lasts] = [clock.now() - this.seen.since, lease.duration || duration];
    this.tell(lease, lasts);
    if (silence >= lasts) return true;
    // It is renewed several times in this time.
    if (silence >= lasts / 2) this.doubt(lease, silence, lasts);
    return false;
  }

  private tell({ holder = '', acquired }: Lease, lasts: number): void {
    if (this.told === holder) return;
    this.told = holder;
    const since = acquired === undefined ? '' : ` since ${printable(acquired.replace(/\.\d+Z$/, 'Z'))}`;
    this.say(`waiting for ${show(holder)}, which is deploying it${since}; at most ${seconds(this.options.maximumWait)}, or until nothing was heard of it for ${seconds(lasts)}`);
  }

  private doubt({ holder = '', resourceVersion }: Lease, silence: number, lasts: number): void {
    if (this.doubted === resourceVersion) return;
    this.doubted = resourceVersion;
    this.say(`nothing was heard of ${show(holder)} for ${seconds(silence)}: its lock is taken over in ${seconds(lasts - silence)}`);
  }

  private say(words: string): void {
    this.options.waiting?.(words);
  }
}

function seconds(milliseconds: number): string {
  return spanInWords(milliseconds / 1000);
}
