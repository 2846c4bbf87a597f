import { userError } from '../../base/user-error';
import { parseDuration } from '../base/duration';
import type { Arguments, Option } from '../command-line/arguments';

/** How long a token is to live. */
export const TOKEN_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['duration', { takes: 'TIME', summary: 'how long a requested token is to live: 90d, 12h (default: 90d)' }],
  ['shortest', { takes: 'TIME', summary: 'keep no token that the cluster lets live shorter (default: 7d)' }],
];

/**
 * Both in seconds.
 *
 * @throws A refusal when the API server could not grant it, or it would not be kept.
 */
export function tokenLifetime(args: Arguments): { duration: number; shortest: number } {
  const duration = parseDuration('--duration', args.one('duration') ?? '90d');
  const shortest = parseDuration('--shortest', args.one('shortest') ?? '7d');
  if (duration < 600 || duration > 2 ** 32) {
    throw userError({ at: '--duration', given: `${duration} seconds`, expected: 'between 10 minutes and 136 years, as the API server demands', fix: 'choose another' });
  }
  if (duration >= shortest) return { duration, shortest };
  throw userError({
    at: '--duration',
    given: `it is less than --shortest, ${shortest} seconds`,
    expected: 'a token that will be kept',
    fix: 'give a smaller --shortest, and rotate it by a scheduled pipeline',
  });
}
