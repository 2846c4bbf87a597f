import { userError, show } from '../../base/user-error';
import { ExitCode } from '../base/exit-code';
import { Failure } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Option } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { Deployment } from '../deploy/deploy';
import { Session, SESSION_OPTIONS } from '../deploy/deploy-session';
import { DEPLOYMENT_OPTIONS, deploymentOptions } from '../deploy/deployment-options';
import { lastDeployed, RecordedRelease, ReleaseHistory } from '../deploy/history/history';
import { ReleaseStore } from '../deploy/history/release-store';
import { REPORT_DESCRIPTION } from '../deploy/report/reporting';
import { returnOf } from '../deploy/rollback/rollback-manifests';

const OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['to', { takes: 'NUMBER', summary: 'the release, as `history` numbers them (default: the one before that was deployed)' }],
  ['allow-registry', { takes: 'PREFIX', many: true, summary: 'where its images may come from (default: anywhere, as they were checked when it was deployed)' }],
];

/**
 * Applies the manifests of an earlier release again, as they were recorded.
 */
export const rollback: Command = {
  name: 'rollback',
  summary: 'put an earlier release back, from the record alone',
  operands: [],
  required: 0,
  description: [
    'Applies what was recorded of an earlier release, waits until it is ready, and removes what it does not have.',
    'Secrets stay as they are, since their values are not recorded; so do Roles and RoleBindings. Jobs are not run again.',
    '',
    'What is recorded passes the checks of `deploy` on manifests again, and the server\'s. Which images may be deployed was decided when it was; they must',
    'be image references, and come from --allow-registry where that is given. A tag that has been pushed anew since means another image by now.',
    '',
    ...REPORT_DESCRIPTION,
  ],
  options: new Map([...SESSION_OPTIONS, ...OPTIONS, ...DEPLOYMENT_OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    const { args, clock } = context;
    const number = wanted(args.one('to'));
    const session = await Session.open(context);
    const { namespace, identity, say } = session;
    const options = deploymentOptions(context, session);
    const isDryRun = args.has('dry-run');
    const allowedRegistries = args.has('allow-registry') ? args.all('allow-registry') : undefined;
    const prepare = (cluster: KubernetesClient) => new ReleaseStore(cluster, namespace, identity, clock);
    return options.observer.around(async () => session.work(isDryRun, prepare, async (store, cluster) => {
      const target = targetOf(await store.read(), number);
      const { objects, untouched } = await returnOf(cluster, { namespace, owner: options.owner, allowedRegistries }, await store.manifests(target));
      say(`back to release ${target.number} of ${target.begun}${target.images.length > 0 ? `: ${target.images.map((image) => show(image)).join(', ')}` : ''}`);
      const deployment = new Deployment(cluster, store, options, { objects, untouched, rollbackOf: target.number });
      const plan = await deployment.plan();
      if (!isDryRun) await deployment.run(plan);
      for (const { kind, name } of untouched) say(`${kind} ${name} stays as it is`);
    }));
  },
};

function wanted(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw userError({ at: '--to', given: show(text), expected: 'the number of a release', fix: 'see cdk8s-ci-deploy history' });
}

/** What failed and was left in the cluster goes back to what was deployed; what was deployed, to what was before it. */
function targetOf(history: ReleaseHistory | undefined, number: number | undefined): RecordedRelease {
  const releases = history?.releases ?? [];
  const last = lastDeployed(history);
  const isCurrent = releases.find(({ outcome }) => outcome !== 'undone') === last;
  const before = isCurrent ? releases.filter((release) => release.outcome === 'deployed' && release !== last)[0] : last;
  const found = number === undefined ? before : releases.find((release) => release.number === number);
  if (found) return found;
  const numbers = releases.map((release) => `${release.number} (${release.outcome})`);
  throw new Failure(`there is no release to go back to${number === undefined ? '' : ` of number ${number}`}; recorded are: ${numbers.join(', ') || 'none'}`, ExitCode.NO);
}
