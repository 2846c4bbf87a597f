import type { Cdk8sCiDeployOptions } from './deploy-job';
import type { Deployer, DeployReports } from './deployer';
import { userError, show } from '../../base/user-error';
import { commandSeconds } from '../../gitlab/duration';
import { dns1123Subdomain } from '../../kubernetes/names';
import type { DeployCredential } from '../credentials/deploy-credential';
import { BUILDERS } from '../jobs/builders';
import { checkCommand, COMMAND, COMMAND_COMMENT } from '../jobs/command-file';
import { manifestsOf } from '../targets/manifests';
import type { PipelinePlan } from '../targets/plan';
import { appAt } from '../targets/target';

const REPORTS: DeployReports = {
  junit: 'cdk8s-ci-deploy.xml',
  dotenv: 'cdk8s-ci-deploy.env',
  gives: ['RELEASE', 'APP', 'ENVIRONMENT', 'NAMESPACE', 'REVISION', 'IMAGE', 'IMAGES'].map((name) => `DEPLOYED_${name}`),
};

/** What the job says itself. */
const OWN = [
  'app', 'cluster-ca-sha256', 'context', 'diff', 'dotenv', 'dry-run', 'environment', 'junit', 'kubeconfig', 'namespace', 'pull-secret', 'server', 'timeout',
];

/** Beside two times of a rollout, one for what is undone: the wait for another job's lock, and the rest. */
const BESIDE_MINUTES = 20;

/**
 * This library's own command.
 */
export function commandDeployer(options: Cdk8sCiDeployOptions, credential: DeployCredential): Deployer {
  const { image = BUILDERS.node, reports = true } = options;
  return {
    image,
    timeout: `${Math.ceil(2 * commandSeconds('rolloutTimeout', options.rolloutTimeout ?? '10m') / 60) + BESIDE_MINUTES} minutes`,
    reports: reports ? REPORTS : undefined,
    comments: { script: COMMAND_COMMENT },
    credential: (target) => credential._forCommand(target),
    deploy: (plan, target, words) => [
      // A working copy that is used again may still have those of an older pipeline.
      ...reports ? [`rm -f ${REPORTS.junit} ${REPORTS.dotenv}`] : [],
      ...run(plan, 'deploy', [manifestsOf(target), '--app', appAt(plan.app, target), ...words, ...optionWords(options)]),
    ],
    stop: (plan, target, words) => run(plan, 'destroy', ['--app', appAt(plan.app, target), ...words]),
  };
}

function run({ commandSha256 }: PipelinePlan, name: string, words: readonly string[]): string[] {
  return [checkCommand(commandSha256), ['node', COMMAND, name, ...words].join(' ')];
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

function checkedSecret(name: string): string {
  const expected = dns1123Subdomain(name);
  if (expected === undefined) return name;
  throw userError({ at: 'pullSecret', given: `it is ${show(name)}`, expected, fix: 'correct it' });
}

function checkedArgument(argument: string): string {
  const [, name = ''] = /^--([a-z][a-z-]*)(?:=[\w.,:@%+/-]+)?$/.exec(argument) ?? [];
  if (name === '') {
    throw userError({ at: 'arguments', given: `there is ${show(argument)}`, expected: 'options of deploy, each as "--name" or "--name=value"', fix: 'correct it' });
  }
  if (!OWN.includes(name)) return argument;
  throw userError({ at: 'arguments', given: `there is ${show(argument)}`, expected: 'options that the job does not give itself', fix: 'use the option of this library, or leave it out' });
}
