import { Interrupted, Unreachable } from '../../../src/cli/base/failure';
import { ConnectionError } from '../../../src/cli/http/connection-error';
import { HttpResponse } from '../../../src/cli/http/http';
import { RetryOptions, retrying } from '../../../src/cli/http/retry';
import { FakeClock } from '../../support/fake-clock';

const OK: HttpResponse = { status: 200, headers: {}, body: '' };
const BUSY: HttpResponse = { status: 503, headers: {}, body: '' };
const LOST = new Unreachable('https://example.com: it closed the connection without an answer', new ConnectionError('closed', { sent: true, lasting: false }));
const REFUSED = new Unreachable('https://example.com: it refused the connection', new ConnectionError('refused', { sent: false, lasting: false }));
const UNTRUSTED = new Unreachable('https://example.com: not to be trusted', new ConnectionError('untrusted', { sent: false, lasting: true }));

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

async function tries(attempt: (remaining: number) => Promise<HttpResponse>, options: Partial<RetryOptions> = {}) {
  return retrying(attempt, { repeatable: true, budget: { total: 10_000 }, clock, random: () => 0.5, ...options });
}

test('a good answer is given at once', async () => {
  expect(await tries(attempts(OK))).toEqual({ ...OK, attempts: 1, tried: '' });
  expect(clock.slept).toEqual([]);
});

test.each<[string, HttpResponse | Error]>([
  ['busy', BUSY],
  ['an answer that is lost', LOST],
  ['a connection that is refused', REFUSED],
])('%s is tried again, with longer and longer pauses', async (_, failure) => {
  expect(await tries(attempts(failure, failure, failure, OK))).toEqual({ ...OK, attempts: 4, tried: ' (tried 4 times in 1.3 s)' });
  expect(clock.slept).toEqual([125, 250, 500]);
});

test('each attempt is told how much time is left', async () => {
  const attempt = attempts(BUSY, BUSY, OK);
  await tries(attempt);

  expect(attempt.mock.calls).toEqual([[10_000], [9775], [9425]]);
});

test('what may not come twice is only repeated when it had no effect', async () => {
  await expect(tries(attempts(LOST, OK), { repeatable: false })).rejects.toBe(LOST);
  expect(await tries(attempts(BUSY, OK), { repeatable: false })).toMatchObject({ status: 503, attempts: 1 });
  expect(await tries(attempts(REFUSED, OK), { repeatable: false })).toMatchObject({ status: 200, attempts: 2 });
  expect(await tries(attempts({ ...BUSY, headers: { 'retry-after': '1' } }, OK), { repeatable: false })).toMatchObject({ status: 200, attempts: 2 });
});

test('when the time is up, the last failure says how often and how long it was tried', async () => {
  const failure = await tries(attempts(REFUSED)).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(Unreachable);
  expect(failure).toMatchObject({ message: 'https://example.com: it refused the connection (tried 7 times in 8.6 s)', cause: REFUSED.cause });
});

test('when the time is up, the last answer is given', async () => {
  expect(await tries(attempts(BUSY))).toEqual({ ...BUSY, attempts: 7, tried: ' (tried 7 times in 8.6 s)' });
});

test('Retry-After beyond the budget ends it at once', async () => {
  expect(await tries(attempts({ ...BUSY, headers: { 'retry-after': '3600' } }))).toMatchObject({ status: 503, attempts: 1 });
});

test.each<[string, Error]>([
  ['no trust', UNTRUSTED],
  ['a bug', new TypeError('a bug')],
  ['the end of the command', new Interrupted('SIGINT')],
])('%s is not tried again', async (_, failure) => {
  const attempt = attempts(failure);

  await expect(tries(attempt)).rejects.toBe(failure);
  expect(attempt).toHaveBeenCalledTimes(1);
});

test('the end of the command ends a pause', async () => {
  const abort = new AbortController();
  const attempt = attempts(BUSY);
  abort.abort(new Interrupted('SIGTERM'));

  await expect(tries(attempt, { signal: abort.signal })).rejects.toThrow('ended by SIGTERM');
  expect(attempt).toHaveBeenCalledTimes(1);
});
