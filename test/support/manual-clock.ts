import { Clock } from '../../src/cli/base/host';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/**
 * A clock that moves on only when the test calls `pass`.
 */
export class ManualClock implements Clock {
  private readonly pauses = new Set<Timer>();
  private readonly limits = new Set<Timer>();

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  public now(): number {
    return this.time;
  }

  /** The number of callers that sleep. Time limits do not count. */
  public get sleeping(): number {
    return this.pauses.size;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const cancel = this.start(this.pauses, milliseconds, () => {
        signal?.removeEventListener('abort', ended);
        resolve();
      });
      const ended = () => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', ended, { once: true });
    });
  }

  public after(milliseconds: number, action: () => void): () => void {
    return this.start(this.limits, milliseconds, action);
  }

  public pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const timers of [this.pauses, this.limits]) {
      for (const timer of [...timers].filter(({ due }) => due <= this.time)) {
        timers.delete(timer);
        timer.action();
      }
    }
  }

  private start(timers: Set<Timer>, milliseconds: number, action: () => void): () => void {
    const timer = { due: this.time + milliseconds, action };
    timers.add(timer);
    return () => timers.delete(timer);
  }
}
