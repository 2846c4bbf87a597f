import { expiryWarning } from '../../../src/cli/verify/token-expiry';

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400;

test.each<[string, number | undefined, RegExp | undefined]>([
  ['a token that never ends', undefined, /^the token never ends/],
  ['one that ends in a year', 365 * DAY, undefined],
  ['one that ends in 15 days', 15 * DAY, undefined],
  ['one that ends in 14 days', 14 * DAY, /^the token ends in 14 days, at 2026-01-15T00:00:00.000Z/],
  ['one that ends in an hour', 3600, /^the token ends in 1 hour, at 2026-01-01T01:00:00.000Z/],
  ['one that has ended by its own word', -1, /^the token says that it ended at 2025-12-31T23:59:59.000Z/],
  ['one whose end no calendar has', 1e20, undefined],
  ['one that ended before there were computers', -1e20, /^the token says that it ended at 1970-01-01T00:00:00.000Z/],
])('%s', (_, seconds, warning) => {
  const said = expiryWarning({ expires: seconds === undefined ? undefined : NOW / 1000 + seconds }, NOW);
  if (warning) expect(said).toMatch(warning);
  else expect(said).toBeUndefined();
});
