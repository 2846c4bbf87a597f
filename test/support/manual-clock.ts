import { Clock } from '../../src/cli/host';

/**
 * Time that passes only when the test says so.
 */
export class ManualClock implements Clock {
  private readonly sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  public now(): number {
    return this.time;
  }

  /** How many wait for time to pass. */
  public get sleeping(): number {
    return this.sleepers.size;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const ended = () => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', ended);
        resolve();
      };
      const sleeper = { until: this.time + milliseconds, wake };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', ended, { once: true });
    });
  }

  public pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const { wake } of [...this.sleepers].filter(({ until }) => until <= this.time)) wake();
  }
}
