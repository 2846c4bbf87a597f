import type { TokenClaims } from '../../kubernetes/token-claims';
import { spanInWords } from '../base/duration';

/** Seconds. A credential that ends sooner is warned about. */
const SOON = 14 * 86_400;

/**
 * What is to be done about the end of a token, if anything. Only an API server can tell whether it still holds.
 *
 * @param now Milliseconds since 1970.
 */
export function expiryWarning({ expires }: TokenClaims, now: number): string | undefined {
  if (expires === undefined) return 'the token never ends: whoever gets hold of it may use it until its Secret is deleted; prefer one that ends, and rotate it';
  const left = expires - now / 1000;
  if (left > SOON) return undefined;
  const when = new Date(Math.max(0, expires) * 1000).toISOString();
  if (left <= 0) return `the token says that it ended at ${when}, and the server takes it: look at the clock of this machine, and rotate the token`;
  return `the token ends in ${spanInWords(left)}, at ${when}: rotate it before that`;
}
