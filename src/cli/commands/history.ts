import { printable } from '../../base/printable';
import { ExitCode } from '../base/exit-code';
import type { Command, Context } from '../command-line/command';
import { columns, jobInWords, outcomeInWords } from '../deploy/history/format';
import type { RecordedRelease } from '../deploy/history/history';
import { withReleaseClient, RELEASE_OPTIONS } from '../deploy/history/release-options';
import { ReleaseStore } from '../deploy/history/release-store';
import { identityInWords } from '../deploy/objects/release';

/**
 * Lists the releases that are recorded.
 */
export const history: Command = {
  name: 'history',
  summary: 'list the releases of an application',
  operands: [],
  required: 0,
  description: [
    'Lists the releases of an application in an environment, the newest first, as the deploy jobs have recorded them in the namespace. Nothing is changed.',
    'What a release was made of can be put back by its number, see `cdk8s-ci-deploy rollback --help`.',
  ],
  options: new Map([...RELEASE_OPTIONS, ['output', { takes: 'text|json', summary: 'the form of the list (default: text)' }]]),

  async run(context: Context): Promise<ExitCode> {
    const { args, stdout, stderr, clock } = context;
    const output = args.choice('output', ['text', 'json']);
    return withReleaseClient(context, async ({ identity, namespace, cluster }) => {
      const releases = (await new ReleaseStore(cluster, namespace, identity, clock).read())?.releases ?? [];
      if (output === 'json') stdout.write(`${JSON.stringify({ identity, namespace, releases: releases.map(releaseJson) }, null, 2)}\n`);
      else if (releases.length > 0) stdout.write(table(releases));
      else stderr.write(`${identityInWords(identity)}: no release is recorded in namespace ${namespace}\n`);
      return ExitCode.DONE;
    });
  },
};

/** A release, as it goes into JSON. */
export function releaseJson({ number, outcome, begun, ended, rollbackOf, job, objects, images }: RecordedRelease): object {
  return { number, outcome, begun, ended, rollbackOf, job, objects, images };
}

function table(releases: readonly RecordedRelease[]): string {
  const rows = releases.map((release) => [
    String(release.number), outcomeInWords(release), printable(release.begun), String(release.objects), jobInWords(release.job), release.images.map(printable).join(' '),
  ]);
  return columns([['RELEASE', 'OUTCOME', 'BEGUN', 'OBJECTS', 'JOB', 'IMAGES'], ...rows]);
}
