import { Clock } from '../../src/cli/base/host';
import { systemClock } from '../../src/cli/io/clock';

/**
 * A clock whose speed can change at any time, also for callers that sleep already. Tests make it fast while they only wait.
 */
export class SpeedClock implements Clock {
  private time = Date.now();
  private since = this.time;
  private factor = 1;

  /** Whether time limits end. While no request hangs, a slow machine must not reach one. */
  public hasLimits = false;

  public now(): number {
    return this.time + (Date.now() - this.since) * this.factor;
  }

  /** Sets the speed, as a multiple of the machine's clock. */
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

/** Milliseconds after which a sleeping caller notices a new speed, and a time limit notices that limits end. */
const SLICE = 100;
