import * as fc from 'fast-check';
import { Interrupted, Unreachable } from '../../../src/cli/base/failure';
import { HttpResponse } from '../../../src/cli/http/http';
import { ConnectionError, RequestError, timeoutError } from '../../../src/cli/http/network-errors';
import { backoff, classifyResponse, retry, RetryOptions } from '../../../src/cli/http/retry';
import { FakeClock } from '../../support/fake-clock';

const OK: HttpResponse = { status: 200, headers: {}, body: '' };
const BUSY: HttpResponse = { status: 503, headers: {}, body: '' };
const SERVER = 'https://example.com';
const LOST = new RequestError(SERVER, new ConnectionError('it closed the connection without an answer', { sent: true, permanent: false }));
const REFUSED = new RequestError(SERVER, new ConnectionError('connection refused', { sent: false, permanent: false, hint: 'Is the server up?' }));
const UNTRUSTED = new RequestError(SERVER, new ConnectionError('its TLS certificate is not trusted', { sent: false, permanent: true }));

let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

function attempts(...outcomes: Array<HttpResponse | Error>): jest.Mock<Promise<HttpResponse>, [number]> {
  let next = 0;
  return jest.fn(async (_: number) => {
    const outcome = outcomes[Math.min(next, outcomes.length - 1)] ?? OK;
    next += 1;
    clock.pass(100);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
}

async function tries(attempt: (timeout: number) => Promise<HttpResponse>, options: Partial<RetryOptions> = {}) {
  return retry(attempt, { repeatable: true, budget: { perCall: 60_000, total: 10_000 }, clock, random: () => 0.5, ...options });
}

test('a final response is returned at once', async () => {
  expect(await tries(attempts(OK))).toEqual({ ...OK, attempts: 1, tried: '' });
  expect(clock.slept).toEqual([]);
});

test.each<[string, HttpResponse | Error]>([
  ['a busy server', BUSY],
  ['a lost answer', LOST],
  ['a refused connection', REFUSED],
])('%s is retried, with longer and longer pauses', async (_, failure) => {
  expect(await tries(attempts(failure, failure, failure, OK))).toEqual({ ...OK, attempts: 4, tried: ' (tried 4 times in 1.3 s)' });
  expect(clock.slept).toEqual([125, 250, 500]);
});

test('the time limit of an attempt is at most the rest of the budget', async () => {
  const attempt = attempts(BUSY, BUSY, OK);
  await tries(attempt);

  expect(attempt.mock.calls).toEqual([[10_000], [9775], [9425]]);
});

test('a request that is not repeatable is only retried when the server did not act on it', async () => {
  await expect(tries(attempts(LOST, OK), { repeatable: false })).rejects.toBe(LOST);
  expect(await tries(attempts(BUSY, OK), { repeatable: false })).toMatchObject({ status: 503, attempts: 1 });
  expect(await tries(attempts(REFUSED, OK), { repeatable: false })).toMatchObject({ status: 200, attempts: 2 });
  expect(await tries(attempts({ ...BUSY, headers: { 'retry-after': '1' } }, OK), { repeatable: false })).toMatchObject({ status: 200, attempts: 2 });
});

test('the last error has the number of tries when the budget is used up', async () => {
  const failure = await tries(attempts(REFUSED)).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(Unreachable);
  expect(failure).toMatchObject({ message: 'cannot connect to https://example.com after 7 tries in 8.6 s: connection refused. Is the server up?', cause: REFUSED.cause });
});

test('the last response is returned when the budget is used up', async () => {
  expect(await tries(attempts(BUSY))).toEqual({ ...BUSY, attempts: 7, tried: ' (tried 7 times in 8.6 s)' });
});

test('a Retry-After beyond the budget ends the retries at once', async () => {
  expect(await tries(attempts({ ...BUSY, headers: { 'retry-after': '3600' } }))).toMatchObject({ status: 503, attempts: 1 });
});

test.each<[string, Error]>([
  ['an untrusted certificate', UNTRUSTED],
  ['a bug', new TypeError('a bug')],
  ['a signal', new Interrupted('SIGINT')],
])('%s is not retried', async (_, failure) => {
  const attempt = attempts(failure);

  await expect(tries(attempt)).rejects.toBe(failure);
  expect(attempt).toHaveBeenCalledTimes(1);
});

test('an aborted signal ends a pause', async () => {
  const abort = new AbortController();
  const attempt = attempts(BUSY);
  abort.abort(new Interrupted('SIGTERM'));

  await expect(tries(attempt, { signal: abort.signal })).rejects.toThrow('ended by SIGTERM');
  expect(attempt).toHaveBeenCalledTimes(1);
});

describe('when the budget ends the last attempt early', () => {
  const PER_CALL = 4000;

  /** The first attempt ends with `first`. The second one hangs until its time limit of `left` milliseconds. */
  async function lastAttempt(
    first: HttpResponse | Error, left: number, { sent = true, ...options }: Partial<RetryOptions> & { readonly sent?: boolean } = {},
  ): Promise<unknown> {
    let isFirst = true;
    const attempt = async (timeout: number) => {
      if (!isFirst) {
        clock.pass(timeout);
        throw new RequestError(SERVER, timeoutError(sent ? 'waiting' : 'connecting', timeout));
      }
      isFirst = false;
      // The pause takes 125 ms.
      clock.pass(10_000 - 125 - left);
      if (first instanceof Error) throw first;
      return first;
    };
    return tries(attempt, { budget: { perCall: PER_CALL, total: 10_000 }, ...options }).catch((error: unknown) => error);
  }

  test('the error before it is thrown, which explains more than a timeout of almost nothing', async () => {
    expect(await lastAttempt(REFUSED, 40)).toMatchObject({
      message: 'cannot connect to https://example.com after 2 tries in 10 s: connection refused. Is the server up?', cause: REFUSED.cause,
    });
  });

  test('the response before it is returned', async () => {
    expect(await lastAttempt(BUSY, 40)).toEqual({ ...BUSY, attempts: 2, tried: ' (tried 2 times in 10 s)' });
  });

  test('its timeout is thrown from a quarter of the usual time limit on', async () => {
    expect(await lastAttempt(REFUSED, PER_CALL / 4)).toMatchObject({ message: expect.stringContaining('after 2 tries in 10 s: no answer within 1 s') });
  });

  test('its timeout is thrown when the server may have acted on a request that is not repeatable', async () => {
    expect(await lastAttempt(REFUSED, 40, { repeatable: false })).toMatchObject({ message: expect.stringContaining('no answer within 0 s'), cause: { sent: true } });
    expect(await lastAttempt(REFUSED, 40, { repeatable: false, sent: false })).toMatchObject({ cause: REFUSED.cause });
  });

  test('its timeout is thrown after a response that was only temporary because of an outage', async () => {
    const unauthorized: HttpResponse = { status: 401, headers: {}, body: '' };

    expect(await lastAttempt(unauthorized, 40, { alsoTransient: () => true })).toMatchObject({ message: expect.stringContaining('no answer within 0 s') });
  });
});

const NOW = Date.UTC(2026, 0, 1);

describe('a response', () => {
  test.each([200, 201, 302, 400, 401, 403, 404, 405, 409, 410, 415, 422])('with the status %d is final', (status) => {
    expect(classifyResponse({ status, headers: { 'retry-after': '1' } }, NOW)).toEqual({ transient: false, mayHaveActed: true });
  });

  test.each<[number, string | undefined, boolean]>([
    [408, undefined, true],
    [429, undefined, false],
    [429, '1', false],
    [500, undefined, true],
    [500, '1', true],
    [502, undefined, true],
    [503, undefined, true],
    [503, '1', false],
    [504, '1', true],
  ])('with the status %d and Retry-After %s is temporary, and the server may have acted: %s', (status, header, mayHaveActed) => {
    expect(classifyResponse({ status, headers: { 'retry-after': header } }, NOW)).toMatchObject({ transient: true, mayHaveActed });
  });

  test.each<[string, number | undefined]>([
    ['0', 0],
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['9999999999', undefined],
    ['Thu, soon', undefined],
    ['', undefined],
  ])('with Retry-After %j asks for a pause of %s ms', (header, expected) => {
    expect(classifyResponse({ status: 503, headers: { 'retry-after': header } }, NOW).retryAfter).toBe(expected);
  });
});

describe('the next attempt', () => {
  const transient = { transient: true, mayHaveActed: true };
  const state = { repeatable: true, attempts: 1, remaining: 60_000, random: 0.5 };

  test.each([
    ['does not follow a final result', { transient: false, mayHaveActed: false }, state, undefined],
    ['does not follow when the server may have acted and the request is not repeatable', transient, { ...state, repeatable: false }, undefined],
    ['follows when the server did not act', { transient: true, mayHaveActed: false }, { ...state, repeatable: false }, 125],
    ['comes at once with the random number 0', transient, { ...state, random: 0 }, 0],
    ['comes after longer and longer pauses', transient, { ...state, attempts: 4 }, 1000],
    ['comes after 10 s at the latest', transient, { ...state, attempts: 40, random: 0.999 }, 9990],
    ['waits for Retry-After', { ...transient, retryAfter: 5000 }, state, 5125],
    ['does not come when the budget ends first', { ...transient, retryAfter: 60_000 }, state, undefined],
    ['does not come without budget', transient, { ...state, random: 0, remaining: 0 }, undefined],
  ])('%s', (_, result, given, expected) => {
    expect(backoff(result, given)).toBe(expected);
  });

  test('never comes before Retry-After or after the budget', () => {
    const results = fc.record({ transient: fc.boolean(), mayHaveActed: fc.boolean(), retryAfter: fc.option(fc.nat(100_000), { nil: undefined }) });
    const states = fc.record({
      repeatable: fc.boolean(),
      attempts: fc.integer({ min: 1, max: 2000 }),
      remaining: fc.integer({ min: -1000, max: 200_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(fc.property(results, states, (result, given) => {
      const pause = backoff(result, given);
      if (pause === undefined) return;
      expect(pause).toBeGreaterThanOrEqual(result.retryAfter ?? 0);
      expect(pause).toBeLessThan(given.remaining);
    }));
  });
});
