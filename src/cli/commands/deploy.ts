import type { ExitCode } from '../base/failure';
import type { Command, Context } from '../command-line/command';
import { FILENAME_OPTION, Options, withOptionProperties } from '../command-line/options';
import { deploy as deployManifests } from '../deploy/deploy';
import { DEPLOY_OPTIONS, MANIFESTS, OBJECTS } from '../deploy/deploy-options';
import { SESSION_OPTIONS } from '../deploy/deploy-session';
import { DEPLOY_VARIABLES } from '../deploy/history/release-options';
import { PULL_SECRET_OPTIONS } from '../deploy/pull-secret/options';
import { REPORT_DESCRIPTION } from '../deploy/report/report-output';
import { TAKE_OVER_OPTIONS } from '../deploy/take-over';

const OPTIONS: Options = [
  ['recursive', { group: MANIFESTS, summary: 'read folders in folders, too' }],
  ['allow-empty', { group: MANIFESTS, summary: 'accept manifests without objects, which removes all objects of the last release' }],
  ['allow-mutable-tag', { group: MANIFESTS, summary: 'accept images without a tag, or with the tag latest or the name of the branch' }],
  ['allow-registry', { group: MANIFESTS, takes: 'PREFIX', many: true, summary: 'a registry that images may come from; in CI, CI_REGISTRY_IMAGE is one, too' }],
  ['image-from-controller', { group: MANIFESTS, takes: 'CONTAINER', many: true, summary: 'accept any image of this container, such as "auto": another controller sets it (OBJECT/CONTAINER: of one object)' }],
  ['adopt', { group: OBJECTS, summary: 'take existing objects without an owner into the release' }],
  ['allow-outdated', { summary: 'deploy although a newer pipeline has deployed' }],
];

/**
 * Applies manifests as one release: all of it or nothing.
 */
export const deploy: Command = {
  name: 'deploy',
  summary: 'apply manifests as one release, wait until it is ready, and roll it back when it fails',
  operands: ['FILE|FOLDER|-...'],
  required: 1,
  description: [
    'Reads manifests in YAML or JSON. All objects are in one namespace: the credential\'s. The whole release is checked before anything is written, first',
    'without the server, then by a server-side dry run. All problems are listed. A symbolic link out of its folder is refused, as are pipes and devices.',
    '',
    'Then the release is recorded and applied, and deploy waits until it is ready. Unchanged objects are not written. Objects that are no longer in the',
    'release are deleted last. When that is more than half of them, and more than one, deploy refuses without --allow-prune-many.',
    '',
    'An annotation keeps an object that is no longer in the release: cdk8s-ci-deploy/do-not-delete: "true", helm.sh/resource-policy: keep, Prune=false in',
    'argocd.argoproj.io/sync-options, and those of Flux, kapp and cli-utils. The object stays in the record and is listed as left. A later release may',
    'have it again. To delete the object, remove the annotation first.',
    '',
    'When a manifest omits spec.replicas and a HorizontalPodAutoscaler or ScaledObject targets the object, the number of replicas stays as it is.',
    '',
    '--adopt also takes over the fields that kubectl, Helm, Terraform, Argo CD, Flux, kapp or Pulumi set, so those that the manifests omit are removed. Fields',
    'of other field managers stay, and the result lists them. --take-over-manager takes over the fields of one manager. Finalizers and owner references',
    'always stay.',
    '',
    'In CI, a failed release is rolled back, and the cause is printed in one line. When the job is cancelled, deploy stops after the current request and',
    'leaves the release as it is, because the job would be killed during a rollback. Run deploy again to continue, or rollback to restore the last release.',
    '',
    'A Job whose template has changed is replaced when it has ended. A Job with the annotation cdk8s-ci-deploy/before-workloads: "true" must complete',
    'before any workload is applied. Custom resources are applied before that Job, and it starts when the Secrets and ConfigMaps exist that they create',
    'for it.',
    '',
    'Jobs that are hooks of Helm or Argo CD run with each deployment, in the order of their weights: pre-install,pre-upgrade and PreSync before the',
    'workloads, post-install,post-upgrade and PostSync when the workloads are ready. A hook with only pre-install or post-install runs with the first',
    'deployment, one with only pre-upgrade or post-upgrade with later ones. Hook delete policies have no effect: the Job stays until the next deployment',
    'replaces it. Hooks of other occasions, such as test, post-delete or Skip, are rejected.',
    '',
    'No object may use the ServiceAccount of the credential, or another ServiceAccount of the namespace that can get the rights of every other one: not in',
    'a pod, not in a token Secret, not in a custom resource. --allow-service-account allows one by name.',
    '',
    '--pull-secret writes registry credentials into a Secret, for imagePullSecrets in the manifests. The credentials come from variables and go to the',
    'cluster only. For a variable of type file, deploy reads the file. Several applications may share the Secret; each changes only its own part. A',
    'rollback restores the credentials, too.',
    '',
    '--take-over-from continues the releases of a former identity: the project was exported to another GitLab, or its environment or name has changed.',
    'Before the release is deployed, it moves the history, the labels and the field managers of all objects. The job needs the rights of both identities.',
    'After it has succeeded, the option has no effect; remove it from the job.',
    '',
    ...REPORT_DESCRIPTION,
  ],
  examples: [
    { line: 'cdk8s-ci-deploy deploy dist --app web --dotenv deploy.env', does: 'Deploy all manifests of a folder in a CI job' },
    { line: 'cdk8s-ci-deploy deploy dist --app web --environment staging --dry-run --diff', does: 'Show the changes, and write nothing' },
    { line: 'cdk8s-ci-deploy deploy dist --app web --pull-secret gitlab-registry', does: 'Also write the credentials for private images' },
  ],
  variables: new Map([
    ...DEPLOY_VARIABLES,
    ['CI_REGISTRY_IMAGE', 'the registry that images may come from'],
    ['CI_COMMIT_REF_SLUG, CI_COMMIT_TAG', 'the branch, whose name is no tag of an image'],
    ['CI_REGISTRY, CI_DEPLOY_USER, CI_DEPLOY_PASSWORD', 'the registry credentials of --pull-secret'],
    ['CI_DEPENDENCY_PROXY_PASSWORD', 'refused as a registry credential, like CI_JOB_TOKEN and CI_REGISTRY_PASSWORD'],
  ]),
  options: new Map([
    ...SESSION_OPTIONS, ...withOptionProperties(FILENAME_OPTION, { group: MANIFESTS }),
    ...OPTIONS, ...TAKE_OVER_OPTIONS, ...PULL_SECRET_OPTIONS, ...DEPLOY_OPTIONS,
  ]),

  async run(context: Context): Promise<ExitCode> {
    return deployManifests(context);
  },
};
