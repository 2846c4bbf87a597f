import type { HttpResponse } from './http';
import { ConnectionError, RequestError } from './network-errors';
import { seconds } from '../base/duration';
import { Unreachable } from '../base/failure';
import type { Clock } from '../base/host';

/**
 * Time limits in milliseconds.
 */
export interface TimeBudget {
  /** For one attempt, from connecting to the last byte. */
  readonly perCall: number;
  /** For all attempts, from the first to the end of the last. */
  readonly total: number;
}

/**
 * When to retry a request.
 */
export interface RetryOptions {
  /** Whether the request is safe to execute twice. */
  readonly repeatable: boolean;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Responses to retry beside 408, 429 and 5xx. The server did not act on them. */
  readonly alsoTransient?: (response: HttpResponse) => boolean;
  /** Gets the reason before each pause: `connection refused`. */
  readonly retrying?: (reason: string) => void;
  /** At least 0 and less than 1. */
  readonly random?: () => number;
}

/**
 * The response to the last attempt. It is a transient one, such as 503, when the budget ended or the request is not repeatable.
 */
export interface RetriedResponse extends HttpResponse {
  readonly attempts: number;
  /** ` (tried 5 times in 12 s)` for the end of a message, or empty after one attempt. */
  readonly tried: string;
}

/**
 * Repeats a request until its result is final or the budget ends, with exponential backoff.
 *
 * @param send Sends the request once. Its argument is the time limit in milliseconds.
 * @throws The last error, with the number of tries; the signal's reason when it is aborted.
 */
export async function retry(send: (timeout: number) => Promise<HttpResponse>, options: RetryOptions): Promise<RetriedResponse> {
  const { clock, budget, signal, repeatable, alsoTransient, random = Math.random } = options;
  const begun = clock.now();
  const remaining = () => begun + budget.total - clock.now();
  let previous: Outcome | undefined;
  for (let attempts = 1; ; attempts += 1) {
    const timeout = Math.max(1, Math.min(budget.perCall, remaining()));
    const outcome = await outcomeOf(send(timeout));
    const pause = backoff(resultOf(outcome, clock.now(), alsoTransient), { repeatable, attempts, remaining: remaining(), random: random() });
    if (pause === undefined) return conclude(moreInformative(outcome, previous, timeout, options), attempts, clock.now() - begun);
    previous = outcome;
    options.retrying?.(reasonOf(outcome));
    await clock.sleep(pause, signal);
  }
}

/**
 * The facts about an attempt that decide whether another one follows.
 */
export interface AttemptResult {
  /** Whether another attempt may end differently. */
  readonly transient: boolean;
  /** Whether the server may have acted on the request. */
  readonly mayHaveActed: boolean;
  /** Milliseconds that the server asks to wait (Retry-After). */
  readonly retryAfter?: number;
}

/**
 * Classifies a response: 408, 429 and 5xx are transient.
 *
 * A server sends 429, and 503 with Retry-After, before it handles the request. Examples are the API server's priority and fairness, its start
 * and shutdown, GitLab's rate limits, and load balancers. client-go then repeats every request, POST too.
 *
 * @param now Milliseconds since 1970.
 * @see https://github.com/kubernetes/client-go/blob/master/rest/with_retry.go
 */
export function classifyResponse({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, now: number): AttemptResult {
  const transient = status === 408 || status === 429 || status >= 500;
  if (!transient) return { transient, mayHaveActed: true };
  const retryAfter = parseRetryAfter(headers['retry-after'], now);
  return { transient, retryAfter, mayHaveActed: !(status === 429 || (status === 503 && retryAfter !== undefined)) };
}

/**
 * The state of the retries.
 */
export interface RetryState {
  /** Whether the request is safe to execute twice. */
  readonly repeatable: boolean;
  /** The number of attempts so far. */
  readonly attempts: number;
  /** Milliseconds until the budget ends. */
  readonly remaining: number;
  /** At least 0 and less than 1. */
  readonly random: number;
}

/** The longest first pause in milliseconds. The limit doubles with each pause. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/**
 * Milliseconds until the next attempt, or `undefined` when there is none: exponential backoff with full jitter, after the server's Retry-After.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoff(
  { transient, mayHaveActed, retryAfter = 0 }: AttemptResult, { repeatable, attempts, remaining, random }: RetryState,
): number | undefined {
  if (!transient || (mayHaveActed && !repeatable)) return undefined;
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
  const pause = retryAfter + Math.round(random * longest);
  return pause < remaining ? pause : undefined;
}

/** RFC 9110: seconds, or an HTTP date. */
function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

type Outcome = { readonly response: HttpResponse } | { readonly error: unknown };

async function outcomeOf(attempt: Promise<HttpResponse>): Promise<Outcome> {
  try {
    return { response: await attempt };
  } catch (error) {
    return { error };
  }
}

function resultOf(outcome: Outcome, now: number, alsoTransient: RetryOptions['alsoTransient']): AttemptResult {
  if ('response' in outcome) return alsoTransient?.(outcome.response) ? { transient: true, mayHaveActed: false } : classifyResponse(outcome.response, now);
  const cause = connectionErrorOf(outcome);
  return cause ? { transient: !cause.permanent, mayHaveActed: cause.sent } : { transient: false, mayHaveActed: true };
}

function connectionErrorOf(outcome: Outcome): ConnectionError | undefined {
  const cause = 'error' in outcome && outcome.error instanceof Unreachable ? outcome.error.cause : undefined;
  return cause instanceof ConnectionError ? cause : undefined;
}

function reasonOf(outcome: Outcome): string {
  return 'response' in outcome ? `it answers ${outcome.response.status}` : connectionErrorOf(outcome)?.message ?? 'it failed';
}

/**
 * When the budget ended the last attempt early, its timeout explains less than the failure before it: "no answer within 0 s".
 * The last outcome stays when it tells that a request that is not repeatable may have reached the server.
 */
function moreInformative(last: Outcome, previous: Outcome | undefined, timeout: number, { budget, repeatable }: RetryOptions): Outcome {
  const cause = connectionErrorOf(last);
  if (previous === undefined || !cause?.timedOut || timeout >= budget.perCall / 4 || (cause.sent && !repeatable)) return last;
  const isTelling = 'error' in previous || classifyResponse(previous.response, 0).transient;
  return isTelling ? previous : last;
}

function conclude(outcome: Outcome, attempts: number, elapsed: number): RetriedResponse {
  const tried = attempts === 1 ? '' : ` (tried ${attempts} times in ${seconds(elapsed)})`;
  if ('response' in outcome) return { ...outcome.response, attempts, tried };
  const { error } = outcome;
  if (attempts === 1) throw error;
  if (error instanceof RequestError) throw error.withTries(` after ${attempts} tries in ${seconds(elapsed)}`);
  throw error instanceof Unreachable ? new Unreachable(error.message + tried, error.cause) : error;
}
