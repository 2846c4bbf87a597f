import { Clock } from '../../src/cli/host';

/**
 * Time that passes only while someone sleeps.
 */
export class FakeClock implements Clock {
  public readonly slept: number[] = [];

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  public now(): number {
    return this.time;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(milliseconds);
    this.pass(milliseconds);
  }

  public pass(milliseconds: number): void {
    this.time += milliseconds;
  }
}
