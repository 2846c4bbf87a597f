import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a condition is true. The time limit only ends a test that hangs.
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + LIMIT; !await isSo();) {
    if (Date.now() > end) throw new Error(`not so within ${LIMIT / 1000} s: ${isSo}`);
    await sleep(PAUSE);
  }
}

const LIMIT = 120_000;
const PAUSE = 10;
