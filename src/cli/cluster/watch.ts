import { objectOf } from './answer';
import type { ApiClient } from './api-client';
import type { Query, WatchEvent, WatchOptions } from './kubernetes-client';
import { describeRequest } from './paths';
import { ApiError } from './status';
import { changesSince, Collected, collect, versionOf } from './watch-state';
import { openWatch, WatchRequest } from './watch-stream';
import { HttpError, Unreachable } from '../base/failure';
import { ConnectionError } from '../http/connection-error';
import { backoff, judge, Verdict } from '../http/retry-rules';

/**
 * What a collection holds and what happens to it, for as long as the consumer asks. A watch that ends is resumed where it ended; when the
 * server has forgotten that place (410 Gone), the collection is listed again and the differences are given.
 *
 * @throws `Unreachable` when no watch can be had for as long as the budget of one call; the signal's reason when it is aborted.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function watchCollection(client: ApiClient, path: string, query: Query = {}, options: WatchOptions = {}): AsyncIterable<WatchEvent> {
  const { signal } = client;
  const request = { path, query, signal: options.signal ? AbortSignal.any([signal, options.signal]) : signal };
  return new Watch(client, request, options.listed).events();
}

class Watch {
  private readonly known: Collected = new Map();
  private readonly at: string;
  private position?: string;
  private failures = 0;
  private failingSince = 0;

  public constructor(private readonly client: ApiClient, private readonly request: WatchRequest, private readonly listed?: () => void) {
    this.at = describeRequest('watch', request.path);
  }

  public async *events(): AsyncGenerator<WatchEvent> {
    for (;;) {
      try {
        yield* this.position === undefined ? this.list() : this.follow(this.position);
      } catch (error) {
        if (error instanceof ApiError && error.code === 410) this.position = undefined;
        await this.pause(error);
      }
    }
  }

  private async *list(): AsyncGenerator<WatchEvent> {
    const list = objectOf(this.at, await this.client.send({ method: 'GET', ...this.request, once: true }));
    this.position = versionOf(list) ?? '';
    yield* changesSince(this.known, list);
    this.listed?.();
  }

  private async *follow(position: string): AsyncGenerator<WatchEvent> {
    const events = await openWatch(this.client, this.at, this.request, position);
    this.failures = 0;
    for await (const { type, object } of events) {
      this.position = versionOf(object) ?? this.position;
      if (type === 'BOOKMARK') continue;
      collect(this.known, { type, object });
      yield { type, object };
    }
    // Not at once: a server that ends every watch early would be asked without a break.
    await this.wait(PASSING, 1);
  }

  /** Before another attempt, or throws the error when there is none. */
  private async pause(error: unknown): Promise<void> {
    const { options, budget } = this.client;
    if (this.failures === 0) this.failingSince = options.clock.now();
    this.failures += 1;
    const remaining = this.failingSince + budget.total - options.clock.now();
    if (options.retries === false || !await this.wait(this.verdictOn(error), this.failures, remaining)) throw error;
  }

  private async wait(verdict: Verdict, attempts: number, remaining = Infinity): Promise<boolean> {
    const { clock } = this.client.options;
    const pause = backoff(verdict, { repeatable: true, attempts, remaining, random: Math.random() });
    if (pause !== undefined) await clock.sleep(pause, this.request.signal);
    return pause !== undefined;
  }

  private verdictOn(error: unknown): Verdict {
    const { outage } = this.client;
    if (error instanceof ApiError) {
      return error.code === 410 || outage.explains({ status: error.code }) ? PASSING : judge({ status: error.code, headers: {} }, 0);
    }
    const cause = error instanceof Unreachable ? error.cause : undefined;
    // Also of what is cut in its middle, which nobody else has seen.
    if (cause instanceof ConnectionError) outage.note();
    return { ...PASSING, passing: cause instanceof HttpError || (cause instanceof ConnectionError && !cause.lasting) };
  }
}

const PASSING: Verdict = { passing: true, effect: false };
