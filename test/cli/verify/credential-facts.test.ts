import { expiryWarning } from '../../../src/cli/verify/credential-facts';

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400;

test.each<[string, number | undefined, RegExp | undefined]>([
  ['a warning to a token that never expires', undefined, /^the token never expires/],
  ['no warning to a token that expires in a year', 365 * DAY, undefined],
  ['no warning to a token that expires in 15 days', 15 * DAY, undefined],
  ['a warning to a token that expires in 14 days', 14 * DAY, /^the token expires in 14 days, at 2026-01-15T00:00:00.000Z/],
  ['a warning to a token that expires in an hour', 3600, /^the token expires in 1 hour, at 2026-01-01T01:00:00.000Z/],
  ['a warning to a token that has expired by its own claims', -1, /^the token expired at 2025-12-31T23:59:59.000Z, but the server accepts it/],
  ['no warning to a token with an expiry beyond any date', 1e20, undefined],
  ['a warning to a token with an expiry before any date', -1e20, /^the token expired at 1970-01-01T00:00:00.000Z/],
])('the expiry gives %s', (_, seconds, warning) => {
  const said = expiryWarning({ expires: seconds === undefined ? undefined : NOW / 1000 + seconds }, NOW);
  if (warning) expect(said).toMatch(warning);
  else expect(said).toBeUndefined();
});
