import { parseArguments } from '../../../src/cli/command-line/arguments';
import { parseTokenLifetime, TOKEN_OPTIONS } from '../../../src/cli/credentials/credential-options';

const lifetime = (...argv: string[]) => parseTokenLifetime(parseArguments(argv, { name: 'x', operands: [], required: 0, options: new Map(TOKEN_OPTIONS) }));

const DAY = 86_400;

test.each<[string[], number, number]>([
  [[], 90 * DAY, 7 * DAY],
  [['--duration', '7d'], 7 * DAY, 7 * DAY],
  [['--duration', '12h', '--shortest', '600s'], DAY / 2, 600],
  [['--shortest', '0s', '--duration', '10m'], 600, 0],
  [['--duration', '49710d'], 49_710 * DAY, 7 * DAY],
])('the options %j give a lifetime of %d s, and at least %d s', (argv, duration, shortest) => {
  expect(lifetime(...argv)).toEqual({ duration, shortest });
});

test.each<[string[], RegExp]>([
  [['--duration', '90'], /^--duration: "90", expected a number with its unit/],
  [['--shortest', '-1d'], /--shortest/],
  [['--duration', '599s', '--shortest', '0s'], /^--duration: 599 seconds, expected between 10 minutes and 136 years, the limits of the API server/],
  [['--duration', '49711d'], /^--duration: \d+ seconds, expected between/],
  [['--duration', '1d'], /^--duration: 86400 seconds are less than --shortest, 604800 seconds, expected .*; add --shortest 86400s/],
  [['--shortest', '91d'], /^--duration: 7776000 seconds are less than --shortest/],
])('the options %j are rejected', (argv, message) => {
  expect(() => lifetime(...argv)).toThrow(message);
});
