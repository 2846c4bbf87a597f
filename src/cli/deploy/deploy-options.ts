import type { ApplyOptions } from './apply/apply';
import type { DeploySession } from './deploy-session';
import { jobOf } from './history/release-options';
import { accountRules } from './manifests/check-accounts';
import type { ReadOptions } from './manifests/read-manifests';
import { Owner } from './objects/owner';
import type { ReleaseIdentity } from './objects/release';
import type { PlanOptions } from './plan/plan';
import { DeployReport } from './report/deploy-report';
import { REPORT_OPTIONS } from './report/report-output';
import type { RollbackOptions } from './rollback/rollback-on-failure';
import type { TakeOverOptions } from './take-over';
import { progressOutput } from './wait/progress-reporter';
import { printableText } from '../../base/printable';
import { userError } from '../../base/user-error';
import { isCi } from '../../gitlab/ci-variables';
import { withOwnRegistry } from '../../image/policy';
import type { Arguments } from '../command-line/arguments';
import type { Options } from '../command-line/options';

/** Groups of options in the help. */
export const MANIFESTS = 'Manifests';
export const OBJECTS = 'Ownership and pruning';
const FAILURE = 'Failures';

/**
 * The options of the commands that deploy a release.
 */
export const DEPLOY_OPTIONS: Options = [
  ['allow-service-account', { group: MANIFESTS, takes: 'NAME', many: true, summary: 'let objects use the deployer\'s ServiceAccount, or another with more rights than a workload' }],
  ['force-conflicts', { group: OBJECTS, summary: 'take over fields that other field managers set' }],
  ['take-over-manager', { group: OBJECTS, takes: 'NAME', many: true, summary: 'take over all fields of this field manager, so that those that the manifests omit are removed' }],
  ['no-prune', { group: OBJECTS, summary: 'keep objects that are no longer in the release' }],
  ['prune-data', { group: OBJECTS, excludes: ['no-prune'], summary: 'also delete PersistentVolumeClaims, and Secrets with values' }],
  ['allow-prune-many', { group: OBJECTS, excludes: ['no-prune'], summary: 'delete more than half of the objects at once, even if that is more than one' }],
  ['rollback-on-failure', { group: FAILURE, summary: 'restore the previous release when this one fails (default: in CI)' }],
  ['no-rollback-on-failure', { group: FAILURE, excludes: ['rollback-on-failure'], summary: 'leave a failed release as it is (default: outside CI)' }],
  ...REPORT_OPTIONS,
];

/**
 * The options of a deployment, by phase.
 */
export interface DeployOptions {
  readonly isDryRun: boolean;
  readonly plan: PlanOptions;
  readonly takeOver: TakeOverOptions;
  readonly apply: ApplyOptions;
  readonly rollback: RollbackOptions;
  readonly report: DeployReport;
}

/**
 * The former identity of the application.
 */
export interface DeployContext {
  readonly former?: ReleaseIdentity;
}

/**
 * @throws `UserError` for an unknown format, and for two reports in one file.
 */
export function deployOptions(session: DeploySession, { former }: DeployContext = {}): DeployOptions {
  const { identity, namespace, timeout: budget, kubeconfig, context } = session;
  const { args, variables, clock, signal } = context;
  const progress = progressOutput({ output: context.stderr, clock, variables, isShared: args.has('debug') });
  const say = (line: string): void => {
    progress.end();
    session.say(line);
  };
  const owner = new Owner(identity, namespace, former, takenOverManagers(args));
  const forceConflicts = args.has('force-conflicts');
  const accounts = accountRules(args, kubeconfig);
  const rollback = rollsBack(args, isCi(variables));
  const report = new DeployReport(context, { namespace, identity, say, progress });
  return {
    report,
    isDryRun: args.has('dry-run'),
    plan: {
      namespace,
      owner,
      accounts,
      say,
      forceConflicts,
      job: jobOf(variables),
      adopt: args.has('adopt'),
      allowOutdated: args.has('allow-outdated'),
      prune: !args.has('no-prune'),
      pruneData: args.has('prune-data'),
      allowPruneMany: args.has('allow-prune-many'),
    },
    takeOver: { namespace, identity, former, owner, clock, signal, say },
    apply: { namespace, owner, forceConflicts, budget, clock, signal, say, observer: report },
    rollback: { namespace, owner, accounts, rollback, budget, clock, signal, say, observer: report },
  };
}

/** An empty name would match an entry that has no manager. */
function takenOverManagers(args: Arguments): string[] {
  const names = args.all('take-over-manager');
  if (!names.some((name) => name.trim() === '')) return names;
  throw userError({ at: '--take-over-manager', given: 'it is empty', expected: 'the name of a field manager', fix: 'use a name that the result of deploy lists, such as kubectl-edit' });
}

function rollsBack(args: Arguments, byDefault: boolean): boolean {
  return args.has('rollback-on-failure') || (!args.has('no-rollback-on-failure') && byDefault);
}

/**
 * The rules for the manifests of `deploy`.
 */
export function readOptions({ identity, namespace, kubeconfig, say, context: { args, variables } }: DeploySession): ReadOptions {
  const allowedRegistries = withOwnRegistry(args.all('allow-registry'), variables);
  return {
    namespace,
    publicWords: [namespace, ...Object.values(identity)],
    variables,
    warn: (message) => say(`warning: ${printableText(message)}`),
    accounts: accountRules(args, kubeconfig),
    images: { allowMutableTag: args.has('allow-mutable-tag'), allowedRegistries },
    imagesFromController: args.all('image-from-controller'),
    recursive: args.has('recursive'),
    allowEmpty: args.has('allow-empty'),
  };
}
