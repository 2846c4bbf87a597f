import type { Destination } from './destination';
import { GITLAB_OPTIONS, gitlabDestinationOf } from './gitlab-options';
import { LOCAL_OPTIONS, localDestination, LocalOptions } from './local-destination';
import { userError } from '../../base/user-error';
import { parseDuration } from '../base/duration';
import type { Option, Arguments } from '../command-line/arguments';
import type { Context } from '../command-line/command';

/** Where a credential is kept: in GitLab, unless an option says that it stays here. */
export const DESTINATION_OPTIONS: ReadonlyArray<readonly [string, Option]> = [...GITLAB_OPTIONS, ...LOCAL_OPTIONS];

/**
 * Does something with the one place that the options name.
 *
 * @throws A refusal when they name none or two, before anything is contacted.
 */
export async function withDestination<T>(context: Context, action: (destination: Destination) => Promise<T>, options: LocalOptions = {}): Promise<T> {
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
  throw userError({ at: `--${other}`, given: `the credential goes to ${local.description}`, expected: 'one place', fix: 'decide for GitLab or for this machine' });
}

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
export function parseTokenLifetime(args: Arguments): { duration: number; shortest: number } {
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
