import { commandSeconds, gitlabDuration, gitlabSeconds } from '../../src/gitlab/duration';
import { messageOf } from '../support/synth';

const DAY = 86_400;

test.each([
  ['30 seconds', 30],
  ['3 mins 4 sec', 184],
  ['2 hrs 20 min', 8400],
  ['2h20min', 8400],
  ['1 day', DAY],
  ['6 mos 1 day', 181 * DAY],
  ['47 yrs 6 mos and 4d', (47 * 365 + 184) * DAY],
  ['3 weeks and 2 days', 23 * DAY],
  ['1 week', 7 * DAY],
  ['1 hour, 1 minute', 3660],
  ['never', Infinity],
])('gitlabSeconds converts "%s" to %d', (text, seconds) => {
  expect(gitlabSeconds('at', text)).toBe(seconds);
});

test.each(['', 'soon', '3', '3 fortnights', '-1 day', '0 days', 'days', '1 day\n'])('gitlabSeconds refuses %j', (text) => {
  expect(messageOf(() => gitlabSeconds('at', text))).toContain('at: it is');
});

test.each([['600s', 600], ['30m', 1800], ['12h', 43_200], ['90d', 90 * DAY]])('commandSeconds converts "%s" to %d', (text, seconds) => {
  expect(commandSeconds('at', text)).toBe(seconds);
});

test.each(['10', '1 hour', '1h30m', '0s', ''])('commandSeconds refuses %j', (text) => {
  expect(messageOf(() => commandSeconds('at', text))).toContain('at: it is');
});

test.each([[60, '1 minutes'], [5401, '91 minutes'], [3 * DAY, '3 days'], [3 * DAY + 1, '4 days'], [Infinity, 'never']])('gitlabDuration rounds %d seconds up to %s', (seconds, text) => {
  expect(gitlabDuration(seconds)).toBe(text);
  expect(gitlabSeconds('at', text)).toBeGreaterThanOrEqual(seconds);
});
