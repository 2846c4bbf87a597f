import { Clock } from '../../src/cli/base/host';
import { systemClock } from '../../src/cli/io/clock';

/**
 * Time that passes at a speed which may change at any time, also for those who sleep already: fast while there is only to be waited.
 */
export class SpeedClock implements Clock {
  private time = Date.now();
  private since = this.time;
  private factor = 1;

  /** Whether time limits end. As long as nothing hangs, a slow machine must not end one. */
  public hasLimits = false;

  public now(): number {
    return this.time + (Date.now() - this.since) * this.factor;
  }

  /** So many times as fast as the machine's, from now on. */
  public set speed(factor: number) {
    this.time = this.now();
    this.since = Date.now();
    this.factor = factor;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const end = this.now() + milliseconds;
    do {
      await systemClock.sleep(Math.max(0, Math.min(SLICE, (end - this.now()) / this.factor)), signal);
    } while (this.now() < end);
  }

  public after(milliseconds: number, action: () => void): () => void {
    const cancelled = new AbortController();
    this.limit(milliseconds, cancelled.signal).then(action, () => undefined);
    return () => cancelled.abort();
  }

  private async limit(milliseconds: number, signal: AbortSignal): Promise<void> {
    while (!this.hasLimits) await systemClock.sleep(SLICE, signal);
    await this.sleep(milliseconds, signal);
  }
}

/** Milliseconds after which a sleeper notices that the speed is another, and a limit that it counts. */
const SLICE = 100;
