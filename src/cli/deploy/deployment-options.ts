import type { Session } from './deploy-session';
import type { DeploymentOptions } from './deployment-plan';
import { jobOf } from './history/release-options';
import { Owner } from './objects/owner';
import type { ReleaseObject } from './objects/release';
import { secretMask } from './objects/secret-values';
import { Reporting, REPORT_OPTIONS } from './report/reporting';
import { progressOutput } from './wait/progress-reporter';
import { userError } from '../../base/user-error';
import { isCi } from '../../gitlab/ci-variables';
import type { Arguments, Option } from '../command-line/arguments';
import type { Context } from '../command-line/command';

/**
 * The options of the commands that deploy something.
 */
export const DEPLOYMENT_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['force-conflicts', { summary: 'take over fields that others have set' }],
  ['no-prune', { summary: 'leave what the last release had and this one has not' }],
  ['prune-data', { summary: 'remove claims of volumes and Secrets with values, too' }],
  ['allow-prune-many', { summary: 'accept that more than half of the objects are removed at once, if that is more than one' }],
  ['rollback-on-failure', { summary: 'put the last release back when this one fails (default: in CI)' }],
  ['no-rollback-on-failure', { summary: 'leave a release that fails as it is (default: elsewhere)' }],
  ...REPORT_OPTIONS,
];

/**
 * What the arguments and the job say of a deployment.
 *
 * @param objects Whose secrets are masked.
 * @param secrets What is masked, too.
 */
export function deploymentOptions(
  context: Context, session: Session, objects: readonly ReleaseObject[] = [], secrets: readonly string[] = [],
): DeploymentOptions & { readonly observer: Reporting } {
  const { args, variables, clock, signal } = context;
  const { namespace, identity, timeout, kubeconfig } = session;
  const progress = progressOutput({ output: context.stderr, clock, variables, isShared: args.has('debug') });
  const say = (line: string): void => {
    progress.end();
    session.say(line);
  };
  const mask = secretMask(objects, variables, kubeconfig.token, ...secrets);
  return {
    namespace,
    mask,
    clock,
    signal,
    say,
    owner: new Owner(identity, namespace),
    job: jobOf(variables),
    budget: timeout,
    undo: undoes(args, isCi(variables)),
    adopt: args.has('adopt'),
    forceConflicts: args.has('force-conflicts'),
    prune: !args.has('no-prune'),
    pruneData: args.has('prune-data'),
    allowPruneMany: args.has('allow-prune-many'),
    allowOutdated: args.has('allow-outdated'),
    observer: new Reporting(context, { namespace, identity, say, mask, progress }),
  };
}

function undoes(args: Arguments, byDefault: boolean): boolean {
  const [yes, no] = [args.has('rollback-on-failure'), args.has('no-rollback-on-failure')];
  if (yes && no) {
    throw userError({ at: '--rollback-on-failure', given: 'there is --no-rollback-on-failure, too', expected: 'one of them', fix: 'decide for one' });
  }
  return yes || (byDefault && !no);
}
