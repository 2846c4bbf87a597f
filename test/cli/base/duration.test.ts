import { parseDuration, spanInWords } from '../../../src/cli/base/duration';

test.each([['600s', 600], ['30m', 1800], ['12h', 43_200], ['90d', 7_776_000], ['0s', 0]])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration('--duration', text)).toBe(seconds);
});

test.each(['', '90', 'd', '1.5h', '-1d', '1w', '1d12h', ' 1d', '9999999999s'])('%j is refused', (text) => {
  expect(() => parseDuration('--duration', text)).toThrow(/^--duration: .*, expected a number with its unit: 600s, 30m, 12h or 90d; correct it$/);
});

test.each([
  [0, '0 s'], [0.4, '0 s'], [11.6, '12 s'], [119, '119 s'], [120, '2 minutes'], [3599, '60 minutes'], [3600, '1 hour'], [86_399, '24 hours'],
  [86_400, '1 day'], [7_776_000, '90 days'], [-5, '0 s'],
])('%d seconds are said as %s', (seconds, words) => {
  expect(spanInWords(seconds)).toBe(words);
});
