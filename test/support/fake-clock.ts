import { ManualClock } from './manual-clock';

/**
 * Time that passes at once for whoever sleeps, and else when the test says so. So a time limit does not depend on the speed of the machine.
 */
export class FakeClock extends ManualClock {
  public readonly slept: number[] = [];

  public override async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(milliseconds);
    this.pass(milliseconds);
  }
}
