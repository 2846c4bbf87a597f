import { isCi } from '../../private/ci-variables';
import { refusal } from '../../private/invalid-input';
import type { Arguments, Option } from '../arguments';
import type { Cluster } from '../cluster/cluster';
import type { Command, Context } from '../command';
import { Deployment } from '../deploy/deployment';
import type { DeploymentOptions, DeploymentPlan } from '../deploy/deployment-plan';
import { secretMask } from '../deploy/mask';
import { Owner } from '../deploy/owner';
import { readRelease } from '../deploy/read-release';
import { jobOf } from '../deploy/record/identity';
import { ReleaseStore } from '../deploy/record/release-store';
import type { ReleaseObject } from '../deploy/release';
import { Session, SESSION_OPTIONS } from '../deploy/session';
import { summaryJson, summaryText } from '../deploy/summary';
import { ExitCode } from '../exit-code';

const OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['recursive', { summary: 'read folders in folders, too' }],
  ['allow-empty', { summary: 'accept manifests without any object, which removes what the last release had' }],
  ['allow-mutable-tag', { summary: 'accept images without a tag, with the tag latest, or the name of the branch' }],
  ['allow-registry', { takes: 'PREFIX', many: true, summary: 'where images may come from (default: in CI, CI_REGISTRY_IMAGE)' }],
  ['adopt', { summary: 'make objects part of the release that are there and belong to none' }],
  ['force-conflicts', { summary: 'take over fields that others have set' }],
  ['no-prune', { summary: 'leave what the last release had and this one has not' }],
  ['prune-data', { summary: 'remove claims of volumes and Secrets with values, too' }],
  ['allow-prune-many', { summary: 'accept that more than half of the objects are removed at once' }],
  ['rollback-on-failure', { summary: 'put the last release back when this one fails (default: in CI)' }],
  ['no-rollback-on-failure', { summary: 'leave a release that fails as it is (default: elsewhere)' }],
  ['allow-outdated', { summary: 'deploy although something newer was deployed' }],
  ['dry-run', { summary: 'say what would be done; the server checks it, and nothing is written' }],
  ['diff', { summary: 'show the values of fields that change, but for those of Secrets' }],
  ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
];

/**
 * Applies manifests as one release: whole or not at all.
 */
export const deploy: Command = {
  name: 'deploy',
  summary: 'apply manifests as one release, wait until it is ready, and undo it when it fails',
  operands: ['FILE|FOLDER|-...'],
  required: 1,
  description: [
    'Reads manifests (YAML or JSON; of folders what is named so), all of one namespace: the credential\'s. The whole set is checked before anything',
    'is written: first without the server, then by it, as if it was applied. All that is refused is listed.',
    '',
    'Then it is recorded, applied, and waited for. What the last release had and this one has not is removed in the end.',
    'What has not changed is not written. A release that fails is undone, with the cause in one line.',
    '',
    'A Job whose template has changed is replaced when it has ended. A Job with the annotation cdk8s-ci-deploy/before-workloads: "true"',
    'must complete before any workload is applied.',
  ],
  options: new Map([...SESSION_OPTIONS, ...OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, variables, clock } = context;
    const begun = clock.now();
    const output = args.choice('output', ['text', 'json']);
    const isUndone = undoes(args, isCi(variables));
    const session = await Session.open(context);
    const objects = await readRelease(args.operands, files, {
      namespace: session.namespace,
      images: { allowMutableTag: args.has('allow-mutable-tag'), allowedRegistries: args.has('allow-registry') ? args.all('allow-registry') : undefined },
      variables,
      recursive: args.has('recursive'),
      allowEmpty: args.has('allow-empty'),
    });
    const isDryRun = args.has('dry-run');
    const options = deploymentOptions(context, session, objects, isUndone);
    const plan = isDryRun
      ? await session.reading(async (cluster) => deploymentOf(cluster, session, context, options).plan({ objects }))
      : await session.alone(async (cluster) => run(deploymentOf(cluster, session, context, options), objects));
    const { pruning, steps } = plan;
    const summary = { isDryRun, steps, removed: pruning.remove, kept: pruning.kept, elapsed: clock.now() - begun };
    stdout.write(output === 'json' ? `${JSON.stringify(summaryJson(summary), null, 2)}\n` : summaryText(summary, args.has('diff')));
    return ExitCode.DONE;
  },
};

async function run(deployment: Deployment, objects: readonly ReleaseObject[]): Promise<DeploymentPlan> {
  const plan = await deployment.plan({ objects });
  await deployment.run(plan);
  return plan;
}

function deploymentOf(cluster: Cluster, session: Session, { clock }: Context, options: DeploymentOptions): Deployment {
  return new Deployment(cluster, new ReleaseStore(cluster, session.namespace, session.identity, clock), options);
}

function deploymentOptions({ args, variables, clock, signal }: Context, session: Session, objects: readonly ReleaseObject[], undo: boolean): DeploymentOptions {
  const { namespace, identity, timeout, kubeconfig, say } = session;
  return {
    namespace,
    clock,
    signal,
    undo,
    say,
    owner: new Owner(identity, namespace),
    job: jobOf(variables),
    budget: timeout,
    adopt: args.has('adopt'),
    forceConflicts: args.has('force-conflicts'),
    prune: !args.has('no-prune'),
    pruneData: args.has('prune-data'),
    allowPruneMany: args.has('allow-prune-many'),
    allowOutdated: args.has('allow-outdated'),
    progress: ({ workload, words }) => say(`${workload}: ${words}`),
    mask: secretMask(objects, variables, kubeconfig.token),
  };
}

function undoes(args: Arguments, byDefault: boolean): boolean {
  const [yes, no] = [args.has('rollback-on-failure'), args.has('no-rollback-on-failure')];
  if (yes && no) {
    throw refusal({ at: '--rollback-on-failure', given: 'there is --no-rollback-on-failure, too', expected: 'one of them', fix: 'decide for one' });
  }
  return yes || (byDefault && !no);
}
