import { printable } from '../../base/printable';
import { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import { jobInWords, outcomeInWords, type RecordedRelease } from '../deploy/history/history';
import { RELEASE_OPTIONS, RELEASE_VARIABLES, withReleaseClient } from '../deploy/history/release-options';
import { ReleaseStore } from '../deploy/history/release-store';
import { identityInWords } from '../deploy/objects/release';
import { columns } from '../io/table';

/**
 * Lists the recorded releases of an application.
 */
export const history: Command = {
  name: 'history',
  summary: 'list the releases of an application',
  operands: [],
  required: 0,
  description: [
    'Lists the releases of an application in an environment, the newest first. Deploy jobs record them in Secrets of the namespace.',
    '',
    '`cdk8s-ci-deploy rollback` restores a release by its number. This command changes nothing.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy history --app web', does: 'In a job: list the releases in the environment of the job' },
    { line: 'cdk8s-ci-deploy history --app web --environment production --output json', does: 'Print the releases as JSON' },
  ],
  variables: RELEASE_VARIABLES,
  options: new Map([...RELEASE_OPTIONS, ['output', { takes: 'text|json', group: 'Output', summary: 'the format (default: text)' }]]),

  async run(context: Context): Promise<ExitCode> {
    const { args, stdout, stderr, clock } = context;
    const output = args.choice('output', ['text', 'json']);
    return withReleaseClient(context, async ({ identity, namespace, cluster }) => {
      const releases = (await new ReleaseStore(cluster, namespace, identity, clock).read())?.releases ?? [];
      if (output === 'json') stdout.json({ identity, namespace, releases: releases.map(releaseJson) });
      else if (releases.length > 0) stdout.write(table(releases));
      else stderr.write(`${identityInWords(identity)}: no release is recorded in namespace ${namespace}\n`);
      return ExitCode.DONE;
    });
  },
};

/** A release in the JSON output. */
export function releaseJson({ number, outcome, begun, ended, rollbackOf, job, objects, images }: RecordedRelease): object {
  return { number, outcome, begun, ended, rollbackOf, job, objects, images };
}

function table(releases: readonly RecordedRelease[]): string {
  const rows = releases.map((release) => [
    String(release.number), outcomeInWords(release), printable(release.begun), String(release.objects), jobInWords(release.job), release.images.map(printable).join(' '),
  ]);
  return columns([['RELEASE', 'OUTCOME', 'BEGUN', 'OBJECTS', 'JOB', 'IMAGES'], ...rows]);
}
