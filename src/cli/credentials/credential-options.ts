import type { Destination } from './destination';
import { GITLAB_OPTIONS, gitlabDestinationOf } from './gitlab-options';
import { LOCAL_OPTIONS, localDestination, LocalOptions } from './local-destination';
import { userError } from '../../base/user-error';
import { parseDuration } from '../base/duration';
import type { Arguments } from '../command-line/arguments';
import type { Context } from '../command-line/command';
import type { Options } from '../command-line/options';

/** The options that choose where to store the credential: in GitLab, or on this machine. */
export const DESTINATION_OPTIONS: Options = [...GITLAB_OPTIONS, ...LOCAL_OPTIONS];

/**
 * Opens the destination that the options choose, runs an action, and closes the destination. Opening sends no request.
 *
 * @throws A `UserError` when the options choose no destination or two.
 */
export async function withDestination<T>(context: Context, options: LocalOptions, action: (destination: Destination) => Promise<T>): Promise<T> {
  const destination = await destinationOf(context, options);
  try {
    return await action(destination);
  } finally {
    destination.close?.();
  }
}

async function destinationOf(context: Context, options: LocalOptions): Promise<Destination> {
  const { args } = context;
  const local = await localDestination(context, options);
  if (!local) return gitlabDestinationOf(context);
  const [other] = GITLAB_OPTIONS.map(([name]) => name).filter((name) => args.has(name));
  if (other === undefined) return local;
  throw userError({
    at: `--${other}`,
    given: `the credential goes to ${local.description}`,
    expected: 'one destination',
    fix: `remove --${other}, or ${args.has('file') ? '--file' : '--output -'}`,
  });
}

/** The options for the lifetime of a token. */
export const TOKEN_OPTIONS: Options = [
  ['duration', { group: 'Token', takes: 'TIME', summary: 'the requested lifetime of the token, such as 90d or 12h (default: 90d)' }],
  ['shortest', { group: 'Token', takes: 'TIME', summary: 'the shortest lifetime to accept from the cluster (default: 7d)' }],
];

/**
 * The requested lifetime of a token, and the shortest one to accept, in seconds.
 */
export interface TokenLifetime {
  readonly duration: number;
  readonly shortest: number;
}

/**
 * Reads the lifetime from the options.
 *
 * @throws A `UserError` when the API server would reject the lifetime, or when it is below the shortest one.
 */
export function parseTokenLifetime(args: Arguments): TokenLifetime {
  const duration = parseDuration('--duration', args.one('duration') ?? '90d');
  const shortest = parseDuration('--shortest', args.one('shortest') ?? '7d');
  if (duration < 600 || duration > 2 ** 32) {
    throw userError({
      at: '--duration',
      given: `${duration} seconds`,
      expected: 'between 10 minutes and 136 years, the limits of the API server',
      fix: 'use a value such as --duration 90d',
    });
  }
  if (duration >= shortest) return { duration, shortest };
  throw userError({
    at: '--duration',
    given: `${duration} seconds are less than --shortest, ${shortest} seconds`,
    expected: 'a lifetime of at least --shortest',
    fix: `add --shortest ${duration}s, and rotate the token in a scheduled pipeline`,
  });
}
