import { ExitCode } from '../base/exit-code';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import type { Option } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { Session, SESSION_OPTIONS } from '../deploy/deploy-session';
import { Destruction } from '../deploy/destroy';
import { jobOf } from '../deploy/history/release-options';
import { ReleaseStore } from '../deploy/history/release-store';
import type { DeployLock } from '../deploy/lock/deploy-lock';
import { Owner } from '../deploy/objects/owner';
import type { Removal } from '../deploy/prune/leftovers';
import { usedSecrets, withdrawPullSecrets } from '../deploy/pull-secret/removal';
import { RemovedObject, summaryJson, summaryText } from '../deploy/report/summary';

const OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['prune-data', { summary: 'remove claims of volumes, too' }],
  ['pull-secret', { takes: 'NAME', summary: 'the Secret of the option of that name of deploy (default: looked for by its label)' }],
  ['dry-run', { summary: 'say what would be removed' }],
  ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
];

interface Destroyed extends Removal {
  readonly pullSecrets: readonly RemovedObject[];
}

/**
 * Removes everything that the releases of an application have in the cluster.
 */
export const destroy: Command = {
  name: 'destroy',
  summary: 'remove what the releases of an application have in the cluster, from the record alone',
  operands: [],
  required: 0,
  description: [
    'What `on_stop` of a review app runs: no manifests are needed. Removed is what the record has and what still is the application\'s own,',
    'and then the record itself. Claims of volumes stay unless --prune-data is given, and the record with them; they lose the label of their owner, so',
    'that another application can adopt them (deploy --adopt). Of a pull secret that other',
    'applications use, too, only what is this one\'s own is removed. A Secret that only has the label of the application is named, and stays.',
  ],
  options: new Map([...SESSION_OPTIONS, ...OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    const { args, clock, signal, stdout, variables } = context;
    const begun = clock.now();
    const output = args.choice('output', ['text', 'json']);
    const session = await Session.open(context);
    const { namespace, identity, timeout } = session;
    const isDryRun = args.has('dry-run');
    const owner = new Owner(identity, namespace);
    const options = { namespace, clock, signal, owner, say: session.say, job: jobOf(variables), budget: timeout, withData: args.has('prune-data') };
    const pulled = { namespace, identity, name: args.one('pull-secret'), say: session.say };
    const prepare = (cluster: KubernetesClient) => new ReleaseStore(cluster, namespace, identity, clock);
    const destroyed = async (store: ReleaseStore, cluster: KubernetesClient, lock?: DeployLock): Promise<Destroyed> => {
      const destruction = new Destruction(cluster, store, options);
      const planned = await destruction.plan();
      const used = await usedSecrets(cluster, store, pulled);
      if (!isDryRun) await destruction.run(planned);
      const pullSecrets = await withdrawPullSecrets(cluster, used, pulled, isDryRun);
      if (planned.kept.length === 0) await lock?.remove();
      return { ...planned, pullSecrets };
    };
    const result = await (isDryRun ? session.work(true, prepare, destroyed) : session.alone(prepare, destroyed));
    const removed = [...result.remove, ...result.pullSecrets];
    const summary = { identity, namespace, isDryRun, steps: [], removed, kept: result.kept, elapsed: clock.now() - begun };
    stdout.write(output === 'json' ? summaryJson(summary) : summaryText(summary, false));
    return ExitCode.DONE;
  },
};
