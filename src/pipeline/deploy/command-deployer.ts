import type { Deployer, DeployJobOptions, DeployReports } from './deployer';
import { userError, show } from '../../base/user-error';
import { commandSeconds } from '../../gitlab/duration';
import { dns1123Subdomain } from '../../kubernetes/names';
import type { DeployCredential } from '../credentials/deploy-credential';
import { DEFAULT_IMAGES } from '../jobs/default-images';
import { checkCommand, COMMAND_COMMENT, COMMAND_FILE } from '../jobs/job-files';
import { manifestsFolder } from '../targets/manifests';
import { appName, type PipelinePlan } from '../targets/pipeline-plan';

/**
 * Options of jobs that run `cdk8s-ci-deploy deploy`.
 */
export interface Cdk8sCiDeployOptions extends DeployJobOptions {
  /**
   * The name of a Secret that the command creates from the project's deploy token (CI_DEPLOY_USER, CI_DEPLOY_PASSWORD).
   * The manifests use it in their imagePullSecrets.
   *
   * @default - none is made
   */
  readonly pullSecret?: string;

  /**
   * Whether the log shows the old and new values of changed fields. Values of Secrets are never shown.
   *
   * @default false
   */
  readonly diff?: boolean;

  /**
   * Whether the job has reports. GitLab shows the JUnit report of objects and rollouts with the pipeline.
   * Later jobs get variables about the release from the dotenv report.
   *
   * @default true
   */
  readonly reports?: boolean;

  /**
   * Further options of the command, each as one word: `--adopt`, `--allow-registry=registry.example.com`. See `cdk8s-ci-deploy deploy --help`.
   *
   * @default - none
   */
  readonly arguments?: string[];
}

const REPORTS: DeployReports = {
  junit: 'cdk8s-ci-deploy.xml',
  dotenv: 'cdk8s-ci-deploy.env',
  variables: ['RELEASE', 'APP', 'ENVIRONMENT', 'NAMESPACE', 'REVISION', 'IMAGE', 'IMAGES'].map((name) => `DEPLOYED_${name}`),
};

/** Options of the command that the job may set itself, and those that turn a deployment into something else. `arguments` may not contain them. */
const RESERVED_OPTIONS = [
  'app', 'cluster-ca-sha256', 'context', 'diff', 'dotenv', 'dry-run', 'environment', 'help', 'junit', 'kubeconfig', 'namespace', 'pull-secret', 'server', 'timeout', 'version',
];

/** How long a rollout may take, and how long the command waits for another job that deploys, when no option says otherwise. As in the command's help. */
const DEFAULT_LIMIT = '10m';

/** Seconds for the requests of a job besides the rollout and its rollback. */
const OVERHEAD = 300;

/**
 * Deploys with the command of this library.
 */
export function commandDeployer(options: Cdk8sCiDeployOptions, credential: DeployCredential): Deployer {
  const { image = DEFAULT_IMAGES.node, reports = true, rolloutTimeout = DEFAULT_LIMIT } = options;
  const rollout = commandSeconds('rolloutTimeout', rolloutTimeout);
  const lockWait = lockWaitOf(options);
  const others = `${lockWait} to wait for another job, 5 minutes for requests`;
  const waiting = commandSeconds('arguments', lockWait) + OVERHEAD;
  return {
    image,
    deployTime: { needed: 2 * rollout + waiting, parts: `a rollout of ${rolloutTimeout}, its rollback, ${others}` },
    stopTime: { needed: commandSeconds('timeout', DEFAULT_LIMIT) + waiting, parts: `${DEFAULT_LIMIT} to delete the objects, ${others}` },
    reports: reports ? REPORTS : undefined,
    comments: { script: COMMAND_COMMENT },
    credential: (target) => credential._forCommand(target),
    deploy: (plan, target, words) => [
      // A reused working copy may still have the reports of an older pipeline.
      ...reports ? [`rm -f ${REPORTS.junit} ${REPORTS.dotenv}`] : [],
      ...commandLines(plan, 'deploy', [manifestsFolder(target), '--app', appName(plan.app, target), ...words, ...optionWords(options)]),
    ],
    stop: (plan, target, words) => commandLines(plan, 'destroy', ['--app', appName(plan.app, target), ...words]),
  };
}

function commandLines({ commandSha256 }: PipelinePlan, name: string, words: readonly string[]): string[] {
  return [checkCommand(commandSha256), ['node', COMMAND_FILE, name, ...words].join(' ')];
}

function optionWords({ pullSecret, rolloutTimeout, diff = false, reports = true, arguments: more = [] }: Cdk8sCiDeployOptions): string[] {
  return [
    ...pullSecret === undefined ? [] : ['--pull-secret', checkedSecret(pullSecret)],
    ...rolloutTimeout === undefined ? [] : ['--timeout', rolloutTimeout],
    ...diff ? ['--diff'] : [],
    ...reports ? ['--junit', REPORTS.junit, '--dotenv', REPORTS.dotenv] : [],
    ...more.map(checkedArgument),
  ];
}

function lockWaitOf({ arguments: more = [] }: Cdk8sCiDeployOptions): string {
  return more.map((argument) => /^--lock-wait=(.+)$/.exec(argument)?.[1]).find((value) => value !== undefined) ?? DEFAULT_LIMIT;
}

function checkedSecret(name: string): string {
  const expected = dns1123Subdomain(name);
  if (expected === undefined) return name;
  throw userError({ at: 'pullSecret', given: `it is ${show(name)}`, expected, fix: 'use a name such as "registry-pull"' });
}

function checkedArgument(argument: string): string {
  const [, name = ''] = /^--([a-z][a-z-]*)(?:=[\w.,:@%+/-]+)?$/.exec(argument) ?? [];
  if (name === '') {
    throw userError({
      at: 'arguments',
      given: `there is ${show(argument)}`,
      expected: 'options of deploy, each as "--name" or "--name=value"',
      fix: 'write an option and its value as one word, such as "--allow-registry=registry.example.com"',
    });
  }
  if (!RESERVED_OPTIONS.includes(name)) return argument;
  throw userError({
    at: 'arguments',
    given: `there is ${show(argument)}`,
    expected: 'options that the job does not set itself',
    fix: `remove it, and use the option of the library for --${name} if there is one`,
  });
}
