import type { ExitCode } from '../base/exit-code';
import type { Option } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { deploy as deployManifests } from '../deploy/deploy';
import { DEPLOY_OPTIONS } from '../deploy/deploy-options';
import { SESSION_OPTIONS } from '../deploy/deploy-session';
import { PULL_SECRET_OPTIONS } from '../deploy/pull-secret/options';
import { REPORT_DESCRIPTION } from '../deploy/report/report-output';
import { TAKE_OVER_OPTIONS } from '../deploy/take-over';

const OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['recursive', { summary: 'read folders in folders, too' }],
  ['allow-empty', { summary: 'accept manifests without any object, which removes what the last release had' }],
  ['allow-mutable-tag', { summary: 'accept images without a tag, with the tag latest, or the name of the branch' }],
  ['allow-registry', { takes: 'PREFIX', many: true, summary: 'where images may come from (default: in CI, CI_REGISTRY_IMAGE)' }],
  ['adopt', { summary: 'make objects part of the release that are there and belong to none' }],
  ['allow-outdated', { summary: 'deploy although something newer was deployed' }],
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
    'What has not changed is not written. A release that fails is undone, with the cause in one line. More than half of the objects, if that is more than',
    'one, are not removed at once without --allow-prune-many.',
    '',
    'A signal, such as that of a job that is cancelled, ends it after the request that is under way: the release is left as it is, and it is said how far it',
    'came. It is not undone, since the job is killed soon after, and half an undo is worse. Run deploy again to go on, or rollback to go back.',
    '',
    'A Job whose template has changed is replaced when it has ended. A Job with the annotation cdk8s-ci-deploy/before-workloads: "true"',
    'must complete before any workload is applied.',
    '',
    '--pull-secret makes a Secret with what images are pulled with, for the imagePullSecrets of the manifests. Its values come from variables and go',
    'to the cluster alone; of a variable of type file, which holds an absolute path, the content of the file counts. Several applications may use the',
    'Secret; each changes only what is its own. When a release is undone, so is its part of the Secret.',
    '',
    '--take-over-from continues the releases of an application under another identity: its project was exported to another GitLab, or its environment',
    'or its name has changed. The record, the labels and the field managers of all objects change before the release is deployed. The job needs the',
    'rights of both identities. Once it has succeeded, the option has no effect; remove it from the job then.',
    '',
    ...REPORT_DESCRIPTION,
  ],
  options: new Map([...SESSION_OPTIONS, ...OPTIONS, ...TAKE_OVER_OPTIONS, ...PULL_SECRET_OPTIONS, ...DEPLOY_OPTIONS]),

  async run(context: Context): Promise<ExitCode> {
    return deployManifests(context);
  },
};
