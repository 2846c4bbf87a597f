import { parse } from 'yaml';
import { CredentialRotation, DeployCredential, DeployTarget, ScheduledRotationOptions } from '../../../src/index';
import { fileOf, jobNames, pipeline, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const SCHEDULED = '$CI_PIPELINE_SOURCE == "schedule" && $ROTATE_CREDENTIALS == "true"';
const PROTECTED = `${SCHEDULED} && $CI_COMMIT_REF_PROTECTED == "true"`;
const ROTATE = 'node "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs" rotate --itself';

function fileWith(options: ScheduledRotationOptions = {}, targets = [STAGING, PRODUCTION, REVIEW]) {
  return fileOf({ targets, rotation: CredentialRotation.scheduled(options) });
}

test('a scheduled pipeline that says so has only the jobs that rotate', () => {
  const file = fileWith();
  const rotating = jobNames(file).filter((name) => /^rotat/.test(name));

  expect(rotating).toEqual([
    'rotation-command', 'rotate-staging', 'rotate-staging-end', 'rotate-production', 'rotate-production-end', 'rotate-review', 'rotate-review-end',
  ]);
  for (const name of jobNames(file)) {
    if (rotating.includes(name)) expect(file[name].rules).toEqual([expect.objectContaining({ if: PROTECTED })]);
    else expect(file[name].rules[0]).toEqual({ if: SCHEDULED, when: 'never' });
  }
});

test('the command comes from a job without an environment, and without scripts of packages', () => {
  const { script, environment, artifacts } = fileWith()['rotation-command'];

  expect(script).toEqual([
    'npm ci --ignore-scripts', 'mkdir -p "dist/$CI_PIPELINE_ID"', 'cp node_modules/cdk8s-ci-deploy/lib/cli/main.js "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs"',
  ]);
  expect(environment).toBeUndefined();
  expect(artifacts.paths).toEqual(['dist/$CI_PIPELINE_ID/']);
});

test('the credential replaces itself, at its environment, without a deployment', () => {
  const job = fileWith()['rotate-production'];

  expect(job).toMatchObject({
    needs: [{ job: 'rotation-command', artifacts: true }],
    environment: { name: 'production', action: 'access' },
    resource_group: 'production',
    variables: { GIT_STRATEGY: 'none' },
    script: [expect.stringContaining('| sha256sum -c -'), `${ROTATE} --no-wait --grace 1h --environment production`],
  });
});

test('the old one ends in a job that is started when the grace is over', () => {
  expect(fileWith({ grace: '90m' })['rotate-staging-end']).toMatchObject({
    rules: [{ if: PROTECTED, when: 'delayed', start_in: '95 minutes' }],
    needs: [{ job: 'rotation-command', artifacts: true }, { job: 'rotate-staging', artifacts: false }],
    script: [expect.stringContaining('| sha256sum -c -'), `${ROTATE} --finish`],
  });
});

test('that of the review apps has their scope, and stays unprotected as their branches are', () => {
  const job = fileWith()['rotate-review'];

  expect(job.environment).toEqual({ name: 'review/rotation', action: 'access' });
  expect(job.script.at(-1)).toBe(`${ROTATE} --no-wait --grace 1h --environment 'review/*' --unprotected`);
});

test('takes its options', () => {
  const credential = DeployCredential.kubeconfigVariable({ variable: 'KUBECONFIG_WEB' });
  const rotation = CredentialRotation.scheduled({ variable: 'ROTATE', grace: '2h', duration: '30d', unprotected: ['staging'], image: 'registry.example.com/node:24', needs: ['container'] });
  const job = fileOf({ credential, rotation })['rotate-staging'];

  expect(job).toMatchObject({ image: 'registry.example.com/node:24', rules: [{ if: PROTECTED.replace('ROTATE_CREDENTIALS', 'ROTATE') }] });
  expect(job.needs).toContainEqual({ job: 'container', artifacts: false });
  expect(job.script.slice(1)).toEqual([
    'export KUBECONFIG="$KUBECONFIG_WEB"', `${ROTATE} --no-wait --grace 2h --environment staging --variable KUBECONFIG_WEB --duration 30d --unprotected`,
  ]);
});

test('a token may live for less than a week', () => {
  expect(fileWith({ duration: '36h' })['rotate-staging'].script.at(-1)).toContain(' --duration 36h --shortest 36h');
});

test('credentials that are not kept are left out', () => {
  const byAgent = DeployTarget.of({ environment: 'edge', namespace: 'example-edge', credential: DeployCredential.gitlabAgent({ agent: 'group/infra:edge' }) });

  expect(jobNames(fileWith({}, [STAGING, byAgent])).filter((name) => name.startsWith('rotate'))).toEqual(['rotate-staging', 'rotate-staging-end']);
  expect(messageOf(() => fileWith({}, [byAgent]))).toContain('rotation: no target has a credential that is kept in a variable');
});

test.each<[string, ScheduledRotationOptions, string]>([
  ['a variable that a shell does not know', { variable: 'ROTATE-IT' }, 'variable: it is "ROTATE-IT"'],
  ['a grace without unit', { grace: '60' }, 'grace: it is "60", expected a number with its unit'],
  ['a duration without unit', { duration: '90 days' }, 'duration: it is "90 days", expected a number with its unit'],
  ['an environment that is no target', { unprotected: ['stagging'] }, 'rotation: unprotected has "stagging", expected staging, production'],
])('refuses %s', (_, options, message) => {
  expect(messageOf(() => fileWith(options))).toContain(message);
});

describe('a job of one\'s own', () => {
  const withJob = (keywords: Record<string, unknown>, name = 'lint') => {
    const made = pipeline({ rotation: CredentialRotation.scheduled() });
    made.addJob(name, keywords);
    return parse(made.toYaml(), { version: '1.1' })[name];
  };

  test('is kept out, too, and stays in the pipelines that it was in', () => {
    expect(withJob({ script: ['true'] }).rules).toEqual([{ if: SCHEDULED, when: 'never' }, { if: '$CI_COMMIT_BRANCH || $CI_COMMIT_TAG' }]);
    expect(withJob({ script: ['true'], rules: [{ when: 'always' }] }).rules).toEqual([{ if: SCHEDULED, when: 'never' }, { when: 'always' }]);
  });

  test('is left alone when it is a template', () => {
    expect(withJob({ script: ['true'] }, '.lint').rules).toBeUndefined();
  });

  test.each(['only', 'except', 'extends'])('needs rules in place of %s', (keyword) => {
    expect(messageOf(() => withJob({ script: ['true'], [keyword]: ['main'] }))).toContain('expected rules, so that it can be kept out');
  });
});
