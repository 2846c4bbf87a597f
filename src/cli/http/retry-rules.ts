import type { HttpResponse } from './http';

/**
 * What one attempt tells about the next.
 */
export interface Verdict {
  /** Whether another attempt may end differently: 408, 429, every 5xx, and what happens to connections. */
  readonly passing: boolean;
  /** Whether the request may have had its effect. */
  readonly effect: boolean;
  /** Milliseconds that the server wants to be left alone. */
  readonly notBefore?: number;
}

/**
 * What is known when the next attempt is decided.
 */
export interface Situation {
  /** Whether it does no harm when the request is executed twice. */
  readonly repeatable: boolean;
  /** So far. */
  readonly attempts: number;
  /** Milliseconds of the budget. */
  readonly remaining: number;
  /** At least 0 and less than 1. */
  readonly random: number;
}

/** Milliseconds that the first pause takes at most; each further one may take twice as long. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/**
 * What an answer tells.
 *
 * 429, and 503 with Retry-After, are said before a request is handled: by the API server's priority and fairness and while it starts and ends,
 * by GitLab's rate limits, by load balancers. client-go repeats every request then, POST too.
 *
 * @param now Milliseconds since 1970.
 * @see https://github.com/kubernetes/client-go/blob/master/rest/with_retry.go
 */
export function judge({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, now: number): Verdict {
  const passing = status === 408 || status === 429 || status >= 500;
  if (!passing) return { passing, effect: true };
  const notBefore = retryAfter(headers['retry-after'], now);
  return { passing, notBefore, effect: !(status === 429 || (status === 503 && notBefore !== undefined)) };
}

/**
 * Milliseconds until the next attempt, or nothing when there is none: exponential backoff with full jitter, and not before the server wants it.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoff({ passing, effect, notBefore = 0 }: Verdict, { repeatable, attempts, remaining, random }: Situation): number | undefined {
  if (!passing || (effect && !repeatable)) return undefined;
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
  const pause = notBefore + Math.round(random * longest);
  // Nothing is gained by waiting for the end of the budget.
  return pause < remaining ? pause : undefined;
}

/**
 * RFC 9110: seconds, or an HTTP date.
 */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
