import { releaseJson } from './history';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { kindName } from '../../kubernetes/kinds';
import { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import { EXIT_CODES } from '../command-line/help';
import { jobInWords, lastDeployed, outcomeInWords, RecordedObject, RecordedRelease, ReleaseHistory } from '../deploy/history/history';
import { ObjectStatus, objectStatus } from '../deploy/history/object-status';
import { RELEASE_OPTIONS, RELEASE_VARIABLES, ReleaseClient, withReleaseClient } from '../deploy/history/release-options';
import { ReleaseStore } from '../deploy/history/release-store';
import { Lease, LeaseClient } from '../deploy/lock/lease';
import { identityInWords } from '../deploy/objects/release';
import { columns } from '../io/table';

/**
 * Shows the deployed release of an application.
 */
export const status: Command = {
  name: 'status',
  summary: 'show the deployed release of an application and the state of its objects',
  operands: [],
  required: 0,
  description: [
    'Shows the deployed release of an application in an environment, the job that deploys at the moment, and the state of each object:',
    '',
    '- there: the object exists',
    '- missing: the object does not exist',
    '- another: an object of this name exists, but this application did not create it',
    '- unreadable: the credential may not read the object',
    '',
    'The command changes nothing.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy status --app web', does: 'In a job: show the release in the environment of the job' },
    { line: 'cdk8s-ci-deploy status --app web --environment production --output json', does: 'Print the status as JSON' },
  ],
  variables: RELEASE_VARIABLES,
  exitCodes: new Map([
    ...EXIT_CODES,
    [ExitCode.DONE, 'the newest release that was not rolled back is deployed, and all its objects exist'],
    [ExitCode.NO, 'the newest release is not deployed, an object is not there, or there is no release'],
  ]),
  options: new Map([...RELEASE_OPTIONS, ['output', { takes: 'text|json', group: 'Output', summary: 'the format (default: text)' }]]),

  async run(context: Context): Promise<ExitCode> {
    const output = context.args.choice('output', ['text', 'json']);
    return withReleaseClient(context, async (client) => {
      const found = await readStatus(client, context);
      if (output === 'json') context.stdout.json(json(client, found));
      else context.stdout.write(text(client, found));
      return isHealthy(found) ? ExitCode.DONE : ExitCode.NO;
    });
  },
};

interface ReleaseStatus {
  readonly history?: ReleaseHistory;
  readonly lease?: Lease;
  readonly objects: ReadonlyArray<RecordedObject & { readonly presence: ObjectStatus }>;
}

async function readStatus(client: ReleaseClient, { clock }: Context): Promise<ReleaseStatus> {
  const { cluster, namespace, identity } = client;
  const store = new ReleaseStore(cluster, namespace, identity, clock);
  const [history, lease] = await Promise.all([store.read(), new LeaseClient(cluster, namespace, identity).read()]);
  const objects = await Promise.all((history?.objects ?? []).map(async (object) => ({ ...object, presence: await objectStatus(client, object) })));
  return { history, lease, objects };
}

function isHealthy({ history, objects }: ReleaseStatus): boolean {
  return lastDeployed(history) !== undefined && lastDeployed(history) === newestInCluster(history) && objects.every(({ presence }) => presence === 'there');
}

/** The newest release that was not rolled back. */
function newestInCluster(history: ReleaseHistory | undefined): RecordedRelease | undefined {
  return history?.releases.find(({ outcome }) => outcome !== 'undone');
}

function json({ identity, namespace }: ReleaseClient, found: ReleaseStatus): object {
  const [newest] = found.history?.releases ?? [];
  return {
    identity,
    namespace,
    ok: isHealthy(found),
    deployed: lastDeployed(found.history)?.number ?? null,
    newest: newest ? releaseJson(newest) : null,
    lock: found.lease?.holder === undefined ? null : { holder: found.lease.holder, renewed: found.lease.renewed },
    objects: found.objects.map(({ apiVersion, kind, name, uid, presence }) => ({ apiVersion, kind, name, uid, presence })),
  };
}

function text({ identity, namespace }: ReleaseClient, found: ReleaseStatus): string {
  const { history, lease, objects } = found;
  const release = newestInCluster(history);
  const [newest] = history?.releases ?? [];
  return [
    `${identityInWords(identity)}, namespace ${namespace}\n`,
    lease?.holder === undefined ? '' : `${show(lease.holder)} is deploying (lock renewed at ${printable(lease.renewed ?? 'an unknown time')})\n`,
    newest && newest !== release ? releaseText(newest) : '',
    release ? releaseText(release) : 'nothing is deployed\n',
    columns(objects.map(({ apiVersion, kind, name, presence }) => [`  ${presence}`, printable(`${kindName(apiVersion, kind)} ${name}`)])),
  ].join('');
}

function releaseText(release: RecordedRelease): string {
  const { number, begun, ended, job, images } = release;
  return [
    `release ${number}: ${outcomeInWords(release)}, ${printable(ended ?? begun)}, ${jobInWords(job)}`,
    ...images.map((image) => `  ${printable(image)}`),
  ].map((line) => `${line}\n`).join('');
}
