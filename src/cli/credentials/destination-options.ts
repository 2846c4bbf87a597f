import type { Destination } from './destination';
import { GITLAB_OPTIONS, gitlabDestinationOf } from './gitlab-options';
import { LOCAL_OPTIONS, localDestination, LocalOptions } from './local-destination';
import { userError } from '../../base/user-error';
import type { Option } from '../command-line/arguments';
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
