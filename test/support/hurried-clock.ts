import { Clock } from '../../src/cli/host';

/** How many seconds pass in one. */
const HURRY = 20;

/**
 * Time that passes faster, for pauses and time limits alike.
 */
export class HurriedClock implements Clock {
  private readonly begun = Date.now();

  public now(): number {
    return this.begun + (Date.now() - this.begun) * HURRY;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds / HURRY);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      }, { once: true });
    });
  }
}
