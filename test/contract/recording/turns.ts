import { setTimeout as pause } from 'node:timers/promises';
import { Clock } from '../../../src/cli/base/host';

/**
 * A request of the command that waits at a proxy for its response.
 */
export interface Asked {
  /** Sorts requests that wait at the same time. */
  readonly order: string;
  /** Its Authorization header. */
  readonly authorization?: string;
  /** Forwards the request. Resolves when the response is complete or, for a watch, has begun. */
  readonly forward: () => Promise<void>;
  /** Sends the response to the command. */
  readonly give: () => void;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Turns of the event loop after which the command certainly waits. A TLS handshake takes about six. */
const IDLE_TURNS = 30;
/** Milliseconds. On a loaded machine, loopback may deliver a little later. */
const IDLE_TIME = 12;

/**
 * Lets the command and its servers take turns, so that every run of a scenario is the same on a machine of any speed.
 *
 * The command and the proxies run in this process. When nothing has happened for some turns of the event loop, the command waits for responses or
 * for the clock. All waiting requests are then one group, which gets its responses in the order of `order`. When no request waits, the clock
 * advances to the next moment that the command sleeps until.
 */
export class Turns implements Clock {
  private readonly waiting: Asked[] = [];
  private readonly sleepers = new Set<Sleeper>();
  private time = Date.now();
  private events = 0;

  /** Called with each group before it is forwarded. */
  public onGroup: (group: readonly Asked[]) => Promise<void> = async () => undefined;

  public now(): number {
    return this.time;
  }

  /** Advances the clock while no command runs. */
  public pass(milliseconds: number): void {
    this.time += milliseconds;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.happened();
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const ended = () => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper = {
        due: this.time + milliseconds,
        wake: () => {
          signal?.removeEventListener('abort', ended);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', ended, { once: true });
    });
  }

  /** Time limits never expire, because every request gets its response in its turn. */
  public after(): () => void {
    return () => undefined;
  }

  /** Notes that data has reached the command, or has come from it. */
  public happened(): void {
    this.events += 1;
  }

  public ask(asked: Asked): void {
    this.happened();
    this.waiting.push(asked);
  }

  /** Takes turns until an action, which is a run of the command, ends. */
  public async during<T>(action: () => Promise<T>): Promise<T> {
    let isRunning = true;
    const acting = action().finally(() => {
      isRunning = false;
    });
    acting.catch(() => undefined);
    while (isRunning) {
      await this.idle();
      if (this.waiting.length > 0) await this.answer(this.waiting.splice(0));
      else if (isRunning) this.wakeNext();
    }
    this.sleepers.clear();
    return acting;
  }

  private async answer(waiting: readonly Asked[]): Promise<void> {
    const group = [...waiting].sort((one, other) => (one.order < other.order ? -1 : Number(one.order > other.order)));
    await this.onGroup(group);
    for (const asked of group) await asked.forward();
    // One response after the other, so that the requests that follow from each are in this order.
    for (const asked of group) {
      asked.give();
      await this.idle(10, 2);
    }
  }

  private wakeNext(): void {
    const next = [...this.sleepers].reduce<Sleeper | undefined>((first, one) => (first && first.due <= one.due ? first : one), undefined);
    if (!next) return;
    this.time = Math.max(this.time, next.due);
    this.sleepers.delete(next);
    next.wake();
  }

  private async idle(turns = IDLE_TURNS, milliseconds = IDLE_TIME): Promise<void> {
    for (let before = -1; before !== this.events;) {
      before = this.events;
      await pause(milliseconds);
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
