/**
 * Limits how many actions run at the same time. The others wait in order.
 */
export class Semaphore {
  private readonly waiting: Array<() => void> = [];

  /**
   * @param free How many actions may run at the same time.
   */
  public constructor(private free: number) {}

  /**
   * Runs an action when it is its turn.
   *
   * @throws The signal's reason when it is aborted while the action waits.
   */
  public async run<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.acquire(signal);
    try {
      return await action();
    } finally {
      this.release();
    }
  }

  private async acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const aborted = () => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      const turn = () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.waiting.push(turn);
    });
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
