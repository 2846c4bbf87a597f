import * as fc from 'fast-check';
import { backoff, judge } from '../../../src/cli/http/retry-rules';

const NOW = Date.UTC(2026, 0, 1);

describe('an answer', () => {
  test.each([200, 201, 302, 400, 401, 403, 404, 405, 409, 410, 415, 422])('%d is final', (status) => {
    expect(judge({ status, headers: { 'retry-after': '1' } }, NOW)).toEqual({ passing: false, effect: true });
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
  ])('%d with Retry-After %s passes, and may have had an effect: %s', (status, header, effect) => {
    expect(judge({ status, headers: { 'retry-after': header } }, NOW)).toMatchObject({ passing: true, effect });
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
  ])('with Retry-After %j wants %s ms of peace', (header, expected) => {
    expect(judge({ status: 503, headers: { 'retry-after': header } }, NOW).notBefore).toBe(expected);
  });
});

describe('the next attempt', () => {
  const passing = { passing: true, effect: true };
  const situation = { repeatable: true, attempts: 1, remaining: 60_000, random: 0.5 };

  test.each([
    ['does not follow a final answer', { passing: false, effect: false }, situation, undefined],
    ['does not follow a possible effect that may not come twice', passing, { ...situation, repeatable: false }, undefined],
    ['follows what had no effect', { passing: true, effect: false }, { ...situation, repeatable: false }, 125],
    ['comes at once if chance wants it', passing, { ...situation, random: 0 }, 0],
    ['comes later and later', passing, { ...situation, attempts: 4 }, 1000],
    ['comes after 10 s at the latest', passing, { ...situation, attempts: 40, random: 0.999 }, 9990],
    ['waits as long as the server wants', { ...passing, notBefore: 5000 }, situation, 5125],
    ['does not come when the budget ends before', { ...passing, notBefore: 60_000 }, situation, undefined],
    ['does not come without budget', passing, { ...situation, random: 0, remaining: 0 }, undefined],
  ])('%s', (_, verdict, given, expected) => {
    expect(backoff(verdict, given)).toBe(expected);
  });

  test('never comes before the server wants it, nor after the budget', () => {
    const verdicts = fc.record({ passing: fc.boolean(), effect: fc.boolean(), notBefore: fc.option(fc.nat(100_000), { nil: undefined }) });
    const situations = fc.record({
      repeatable: fc.boolean(),
      attempts: fc.integer({ min: 1, max: 2000 }),
      remaining: fc.integer({ min: -1000, max: 200_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(fc.property(verdicts, situations, (verdict, given) => {
      const pause = backoff(verdict, given);
      if (pause === undefined) return;
      expect(pause).toBeGreaterThanOrEqual(verdict.notBefore ?? 0);
      expect(pause).toBeLessThan(given.remaining);
    }));
  });
});
