import { setMaxListeners } from 'node:events';
import type { Clock } from '../base/host';

/**
 * One time limit, joined with the signal of the caller: `signal` is aborted by whichever comes first.
 */
export class Deadline {
  private readonly abort = new AbortController();
  private stopTimer: () => void;
  private expired = false;

  /**
   * @param milliseconds From now on.
   */
  public constructor(private readonly clock: Clock, private readonly milliseconds: number, private readonly outer?: AbortSignal) {
    // One signal ends everything there is: Node would take many listeners for a leak, and say so on stderr.
    if (outer) setMaxListeners(0, outer);
    if (outer?.aborted) this.cancel();
    else outer?.addEventListener('abort', this.cancel, { once: true });
    this.stopTimer = this.start();
  }

  public get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Whether it was the time that ended it. */
  public get timedOut(): boolean {
    return this.expired;
  }

  /** Lets the time begin anew. */
  public restart(): void {
    this.stopTimer();
    this.stopTimer = this.start();
  }

  /** What it bounded is done. */
  public end(): void {
    this.stopTimer();
    this.outer?.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = () => this.abort.abort(this.outer?.reason);

  private start(): () => void {
    return this.clock.after(this.milliseconds, () => this.expire());
  }

  private expire(): void {
    if (this.abort.signal.aborted) return;
    this.expired = true;
    this.abort.abort();
  }
}
