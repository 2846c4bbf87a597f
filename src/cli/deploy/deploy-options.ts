import type { ApplyOptions } from './apply/apply';
import type { DeploySession } from './deploy-session';
import { jobOf } from './history/release-options';
import type { ReadOptions } from './manifests/read-manifests';
import { Owner } from './objects/owner';
import type { ReleaseIdentity, ReleaseObject } from './objects/release';
import { secretMask } from './objects/secret-values';
import type { PlanOptions } from './plan/plan';
import { DeployReport } from './report/deploy-report';
import { REPORT_OPTIONS } from './report/report-output';
import type { RollbackOptions } from './rollback/rollback-on-failure';
import type { TakeOverOptions } from './take-over';
import { progressOutput } from './wait/progress-reporter';
import { isCi } from '../../gitlab/ci-variables';
import type { Arguments } from '../command-line/arguments';
import type { Options } from '../command-line/options';

/** Groups of options in the help. */
export const OBJECTS = 'Ownership and pruning';
const FAILURE = 'Failures';

/**
 * The options of the commands that deploy a release.
 */
export const DEPLOY_OPTIONS: Options = [
  ['force-conflicts', { group: OBJECTS, summary: 'take over fields that other field managers set' }],
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
 * Secrets to mask, and the former identity of the application.
 */
export interface DeployContext {
  readonly objects?: readonly ReleaseObject[];
  readonly secrets?: readonly string[];
  readonly former?: ReleaseIdentity;
}

/**
 * @throws `UserError` for an unknown format, and for two reports in one file.
 */
export function deployOptions(session: DeploySession, { objects = [], secrets = [], former }: DeployContext = {}): DeployOptions {
  const { identity, namespace, timeout: budget, kubeconfig, context } = session;
  const { args, variables, clock, signal } = context;
  const progress = progressOutput({ output: context.stderr, clock, variables, isShared: args.has('debug') });
  const say = (line: string): void => {
    progress.end();
    session.say(line);
  };
  const owner = new Owner(identity, namespace, former);
  const mask = secretMask(objects, variables, kubeconfig.token, ...secrets);
  const forceConflicts = args.has('force-conflicts');
  const rollback = rollsBack(args, isCi(variables));
  const report = new DeployReport(context, { namespace, identity, say, mask, progress });
  return {
    report,
    isDryRun: args.has('dry-run'),
    plan: {
      namespace,
      owner,
      forceConflicts,
      job: jobOf(variables),
      adopt: args.has('adopt'),
      allowOutdated: args.has('allow-outdated'),
      prune: !args.has('no-prune'),
      pruneData: args.has('prune-data'),
      allowPruneMany: args.has('allow-prune-many'),
    },
    takeOver: { namespace, identity, former, owner, clock, signal, say, mask },
    apply: { namespace, owner, forceConflicts, budget, clock, signal, say, mask, observer: report },
    rollback: { namespace, owner, rollback, budget, clock, signal, say, mask, observer: report },
  };
}

function rollsBack(args: Arguments, byDefault: boolean): boolean {
  return args.has('rollback-on-failure') || (!args.has('no-rollback-on-failure') && byDefault);
}

/**
 * The rules for the manifests of `deploy`.
 */
export function readOptions({ namespace, context: { args, variables } }: DeploySession): ReadOptions {
  const allowedRegistries = args.has('allow-registry') ? args.all('allow-registry') : undefined;
  return {
    namespace,
    variables,
    images: { allowMutableTag: args.has('allow-mutable-tag'), allowedRegistries },
    recursive: args.has('recursive'),
    allowEmpty: args.has('allow-empty'),
  };
}
