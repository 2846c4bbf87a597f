

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

/** More than the HTTP client sends at once, so that each of its connections is always in use. */
const AT_ONCE = 8;

/**
 * Runs an action for each item, several at once, and returns the results in the order of the items.
 *
 * @throws The first error. After an error no further action starts; the running ones complete first.
 */
export async function concurrently<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  const failures: unknown[] = [];
  const rest = items.entries();
  const work = async () => {
    for (const [index, item] of rest) {
      if (failures.length > 0) return;
      await action(item).then((result) => results.set(index, result), (error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return items.map((_, index) => results.get(index) as R);
}
