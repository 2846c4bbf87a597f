import { parseDuration, seconds, spanInWords } from '../../../src/cli/base/duration';

test.each([['600s', 600], ['30m', 1800], ['12h', 43_200], ['90d', 7_776_000], ['0s', 0]])('%s is %d seconds', (text, expected) => {
  expect(parseDuration('--duration', text)).toBe(expected);
});

test.each(['', '90', 'd', '1.5h', '-1d', '1w', '1d12h', ' 1d', '9999999999s'])('%j is rejected', (text) => {
  expect(() => parseDuration('--duration', text)).toThrow(/^--duration: .*, expected a number with its unit: 600s, 30m, 12h or 90d; /);
});

test.each([
  [0, '0 s'], [0.4, '0 s'], [11.6, '12 s'], [119, '119 s'], [120, '2 minutes'], [3599, '60 minutes'], [3600, '1 hour'], [86_399, '24 hours'],
  [86_400, '1 day'], [7_776_000, '90 days'], [-5, '0 s'],
])('%d seconds are shown as %s', (duration, words) => {
  expect(spanInWords(duration)).toBe(words);
});

test.each([['90 days', '90d'], [' 12 h', '12h'], ['30min', '30m'], ['600 seconds', '600s'], ['2H', '2h']])('%j is corrected to %s', (text, valid) => {
  expect(() => parseDuration('--duration', text)).toThrow(new RegExp(`; try --duration ${valid}$`));
});

test.each(['90', '3 months', '1d12h', '1.5h'])('%j is too unclear for a correction', (text) => {
  expect(() => parseDuration('--duration', text)).toThrow(/; the units are s, m, h and d \(seconds, minutes, hours, days\)$/);
});

test.each([[0, '0 s'], [600, '0.6 s'], [9_940, '9.9 s'], [10_000, '10 s'], [31_400, '31 s']])('%d milliseconds are shown as %s', (milliseconds, expected) => {
  expect(seconds(milliseconds)).toBe(expected);
});
