import { releaseJson } from './history';
import { printable } from '../../base/printable';
import { show } from '../../base/user-error';
import { kindName } from '../../kubernetes/kinds';
import { ExitCode } from '../base/exit-code';
import type { Command, Context } from '../command-line/command';
import { columns, jobInWords, outcomeInWords } from '../deploy/history/format';
import { lastDeployed, RecordedObject, RecordedRelease, ReleaseHistory } from '../deploy/history/history';
import { Presence, presenceOf } from '../deploy/history/object-status';
import { identityInWords } from '../deploy/history/recorded-identity';
import { atRelease, RELEASE_OPTIONS, ReleasePlace } from '../deploy/history/release-options';
import { ReleaseStore } from '../deploy/history/release-store';
import { Lease, LeaseClient } from '../deploy/lock/lease';

/**
 * Says what of an application is deployed.
 */
export const status: Command = {
  name: 'status',
  summary: 'say which release of an application is deployed, and whether its objects are there',
  operands: [],
  required: 0,
  description: [
    'Says which release of an application is deployed in an environment, who is deploying at the moment, and whether every object that the releases',
    'made is there: an object that has the name and is not the one that was applied is another. Nothing is changed.',
    '',
    'Exit status: 0 the last release that was not undone is deployed, and its objects are there; 1 they are not, or there is no release.',
  ],
  options: new Map([...RELEASE_OPTIONS, ['output', { takes: 'text|json', summary: 'the form of the report (default: text)' }]]),

  async run(context: Context): Promise<ExitCode> {
    const output = context.args.choice('output', ['text', 'json']);
    return atRelease(context, async (place) => {
      const found = await lookAt(place, context);
      context.stdout.write(output === 'json' ? `${JSON.stringify(json(place, found), null, 2)}\n` : text(place, found));
      return isWell(found) ? ExitCode.DONE : ExitCode.NO;
    });
  },
};

interface Found {
  readonly history?: ReleaseHistory;
  readonly lease?: Lease;
  readonly objects: ReadonlyArray<RecordedObject & { readonly presence: Presence }>;
}

async function lookAt(place: ReleasePlace, { clock }: Context): Promise<Found> {
  const { cluster, namespace, identity } = place;
  const store = new ReleaseStore(cluster, namespace, identity, clock);
  const [history, lease] = await Promise.all([store.read(), new LeaseClient(cluster, namespace, identity).read()]);
  const objects = await Promise.all((history?.objects ?? []).map(async (object) => ({ ...object, presence: await presenceOf(place, object) })));
  return { history, lease, objects };
}

function isWell({ history, objects }: Found): boolean {
  return lastDeployed(history) !== undefined && lastDeployed(history) === inForce(history) && objects.every(({ presence }) => presence === 'there');
}

/** The newest release that was not undone. */
function inForce(history: ReleaseHistory | undefined): RecordedRelease | undefined {
  return history?.releases.find(({ outcome }) => outcome !== 'undone');
}

function json({ identity, namespace }: ReleasePlace, found: Found): object {
  const [newest] = found.history?.releases ?? [];
  return {
    identity,
    namespace,
    ok: isWell(found),
    deployed: lastDeployed(found.history)?.number ?? null,
    newest: newest ? releaseJson(newest) : null,
    lock: found.lease?.holder === undefined ? null : { holder: found.lease.holder, renewed: found.lease.renewed },
    objects: found.objects.map(({ apiVersion, kind, name, uid, presence }) => ({ apiVersion, kind, name, uid, presence })),
  };
}

function text({ identity, namespace }: ReleasePlace, found: Found): string {
  const { history, lease, objects } = found;
  const release = inForce(history);
  const [newest] = history?.releases ?? [];
  return [
    `${identityInWords(identity)}, namespace ${namespace}\n`,
    lease?.holder === undefined ? '' : `${show(lease.holder)} is deploying, as it last said at ${printable(lease.renewed ?? 'no time')}\n`,
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
