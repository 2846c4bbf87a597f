import { Answer } from './answer';

/**
 * Which requests a fault is for, and when.
 */
export interface FaultMatch {
  readonly method?: string;
  /** Matched with the path and the query as they were sent. */
  readonly path?: RegExp;
  /** From the how many-th matching request on; by default the first. */
  readonly nth?: number;
  /** How many times; by default once. */
  readonly times?: number;
}

/**
 * What happens in place of an answer: another answer; the connection ends before anything is done, or after it was done; nothing ever comes.
 */
export type Fault = Answer | 'cut before' | 'cut after' | 'hang';

/**
 * Faults that wait for their request.
 */
export class Faults {
  private waiting: Array<{ readonly match: FaultMatch; readonly fault: Fault; seen: number }> = [];

  public add(match: FaultMatch, fault: Fault): void {
    this.waiting.push({ match, fault, seen: 0 });
  }

  public clear(): void {
    this.waiting = [];
  }

  public next(method: string, path: string): Fault | undefined {
    const matching = this.waiting.filter(({ match }) => (match.method ?? method) === method && (match.path?.test(path) ?? true));
    for (const one of matching) one.seen++;
    return matching.find(({ match: { nth = 1, times = 1 }, seen }) => seen >= nth && seen < nth + times)?.fault;
  }
}

/** Rack::Attack's answer (lib/gitlab/rack_attack.rb, throttled_response_headers). */
export function tooManyRequests(retryAfter: number): Answer {
  return { status: 429, headers: { 'retry-after': `${retryAfter}`, 'ratelimit-remaining': '0', 'content-type': 'text/plain' }, body: 'Retry later\n' };
}
