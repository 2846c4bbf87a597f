import { ManualClock } from './manual-clock';

/**
 * A clock that moves on at once when a caller sleeps, and otherwise only when the test moves it. So time limits do not depend on the speed of the machine.
 */
export class FakeClock extends ManualClock {
  public readonly slept: number[] = [];

  public override async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(milliseconds);
    this.pass(milliseconds);
  }
}
