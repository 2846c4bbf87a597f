import { ConnectionError } from './connection-error';
import type { HttpResponse } from './http';
import { seconds } from './network-errors';
import { backoff, judge, Verdict } from './retry-rules';
import { Unreachable } from '../base/failure';
import type { Clock } from '../base/host';

/**
 * How far something is tried again.
 */
export interface RetryOptions {
  /** Whether it does no harm when the server executes the request twice. */
  readonly repeatable: boolean;
  /** Milliseconds from the first attempt to the end of the last. */
  readonly budget: { readonly total: number };
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Whether an answer may be another one soon, beside those that always may; the request had no effect then. */
  readonly mayPass?: (answer: HttpResponse) => boolean;
  /** At least 0 and less than 1. */
  readonly random?: () => number;
}

/**
 * The answer that was got in the end; when the time was up, or it was not to be asked again, the answer may still be a 429 or 503.
 */
export interface TriedAnswer extends HttpResponse {
  readonly attempts: number;
  /** ` (tried 5 times in 12 s)`, or nothing after one attempt: for the end of a message. */
  readonly tried: string;
}

/**
 * Tries until the answer is not one that passes by itself, or the time is up.
 *
 * @param attempt Told how many milliseconds are left, so that it ends in time.
 * @throws The last failure, with how often and how long it was tried; the signal's reason when it is aborted.
 */
export async function retrying(attempt: (remaining: number) => Promise<HttpResponse>, options: RetryOptions): Promise<TriedAnswer> {
  const { clock, budget, signal, repeatable, mayPass, random = Math.random } = options;
  const begun = clock.now();
  const remaining = () => begun + budget.total - clock.now();
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await outcomeOf(attempt(remaining()));
    const pause = backoff(verdictOn(outcome, clock.now(), mayPass), { repeatable, attempts, remaining: remaining(), random: random() });
    if (pause === undefined) return conclude(outcome, attempts, triedText(attempts, clock.now() - begun));
    await clock.sleep(pause, signal);
  }
}

type Outcome = { readonly answer: HttpResponse } | { readonly error: unknown };

async function outcomeOf(attempt: Promise<HttpResponse>): Promise<Outcome> {
  try {
    return { answer: await attempt };
  } catch (error) {
    return { error };
  }
}

function verdictOn(outcome: Outcome, now: number, mayPass: RetryOptions['mayPass']): Verdict {
  if ('answer' in outcome) return mayPass?.(outcome.answer) ? { passing: true, effect: false } : judge(outcome.answer, now);
  const cause = outcome.error instanceof Unreachable ? outcome.error.cause : undefined;
  return cause instanceof ConnectionError ? { passing: !cause.lasting, effect: cause.sent } : { passing: false, effect: true };
}

function conclude(outcome: Outcome, attempts: number, tried: string): TriedAnswer {
  if ('answer' in outcome) return { ...outcome.answer, attempts, tried };
  const { error } = outcome;
  throw error instanceof Unreachable && tried ? new Unreachable(error.message + tried, error.cause) : error;
}

function triedText(attempts: number, milliseconds: number): string {
  return attempts === 1 ? '' : ` (tried ${attempts} times in ${seconds(milliseconds)})`;
}
