import { parse } from 'yaml';
import { CredentialRotation, DeployCredential, DeployTarget, ScheduledRotationOptions } from '../../../src';
import { fileOf, jobNames, pipeline, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const SCHEDULED = '$CI_PIPELINE_SOURCE == "schedule" && $ROTATE_CREDENTIALS == "true"';
const PROTECTED = `${SCHEDULED} && $CI_COMMIT_REF_PROTECTED == "true"`;
const ROTATE = 'node "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs" rotate --itself';

function fileWith(options: ScheduledRotationOptions = {}, targets = [STAGING, PRODUCTION, REVIEW]) {
  return fileOf({ targets, rotation: CredentialRotation.scheduled(options) });
}

test('a scheduled pipeline with the variable has only the jobs that rotate', () => {
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

test('the command comes from a job without an environment that runs no scripts of packages', () => {
  const { script, environment, artifacts } = fileWith()['rotation-command'];

  expect(script).toEqual([
    'npm ci --ignore-scripts', 'mkdir -p "dist/$CI_PIPELINE_ID"', 'cp node_modules/cdk8s-ci-deploy/lib/cli/main.js "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs"',
  ]);
  expect(environment).toBeUndefined();
  expect(artifacts.paths).toEqual(['dist/$CI_PIPELINE_ID/']);
});

test('the credential rotates itself in its environment, without a deployment', () => {
  const job = fileWith()['rotate-production'];

  expect(job).toMatchObject({
    needs: [{ job: 'rotation-command', artifacts: true }],
    environment: { name: 'production', action: 'access' },
    resource_group: 'production',
    timeout: '20 minutes',
    variables: { GIT_STRATEGY: 'none', RUNNER_SCRIPT_TIMEOUT: '10m' },
    script: [expect.stringContaining('| sha256sum -c -'), `${ROTATE} --no-wait --grace 1h --environment production`],
  });
});

test('the old credential is revoked in a job that starts after the grace period', () => {
  expect(fileWith({ grace: '90m' })['rotate-staging-end']).toMatchObject({
    rules: [{ if: PROTECTED, when: 'delayed', start_in: '95 minutes' }],
    needs: [{ job: 'rotation-command', artifacts: true }, { job: 'rotate-staging', artifacts: false }],
    script: [expect.stringContaining('| sha256sum -c -'), `${ROTATE} --finish`],
  });
});

test('the credential of review apps keeps their scope and stays unprotected', () => {
  const job = fileWith()['rotate-review'];

  expect(job.environment).toEqual({ name: 'review/rotation', action: 'access' });
  expect(job.script.at(-1)).toBe(`${ROTATE} --no-wait --grace 1h --environment 'review/*' --unprotected`);
});

test('the jobs get the options of the rotation', () => {
  const credential = DeployCredential.kubeconfigVariable({ variable: 'KUBECONFIG_WEB' });
  const rotation = CredentialRotation.scheduled({ variable: 'ROTATE', grace: '2h', duration: '30d', unprotected: ['staging'], image: 'registry.example.com/node:24', needs: ['container'] });
  const job = fileOf({ credential, rotation })['rotate-staging'];

  expect(job).toMatchObject({ image: 'registry.example.com/node:24', rules: [{ if: PROTECTED.replace('ROTATE_CREDENTIALS', 'ROTATE') }] });
  expect(job.needs).toContainEqual({ job: 'container', artifacts: false });
  expect(job.script.slice(1)).toEqual([
    'export KUBECONFIG="$KUBECONFIG_WEB"', `${ROTATE} --no-wait --grace 2h --environment staging --variable KUBECONFIG_WEB --duration 30d --unprotected`,
  ]);
});

test('a token can be valid for less than a week', () => {
  expect(fileWith({ duration: '36h' })['rotate-staging'].script.at(-1)).toContain(' --duration 36h --shortest 36h');
});

test('a credential that is not stored is not rotated', () => {
  const byAgent = DeployTarget.of({ environment: 'edge', namespace: 'example-edge', credential: DeployCredential.gitlabAgent({ agent: 'group/infra:edge' }) });

  expect(jobNames(fileWith({}, [STAGING, byAgent])).filter((name) => name.startsWith('rotate'))).toEqual(['rotate-staging', 'rotate-staging-end']);
  expect(messageOf(() => fileWith({}, [byAgent]))).toContain('rotation: no target stores its credential in a variable');
});

test.each<[string, ScheduledRotationOptions, string]>([
  ['a name that is no variable of a shell', { variable: 'ROTATE-IT' }, 'variable: it is "ROTATE-IT"'],
  ['a grace period without a unit', { grace: '60' }, 'grace: it is "60", expected a number with its unit'],
  ['a duration without a unit', { duration: '90 days' }, 'duration: it is "90 days", expected a number with its unit'],
  ['an environment that is no target', { unprotected: ['stagging'] }, 'rotation: unprotected has "stagging", expected staging, production'],
])('a rotation rejects %s', (_, options, message) => {
  expect(messageOf(() => fileWith(options))).toContain(message);
});

describe('a job of the user', () => {
  const withJob = (keywords: Record<string, unknown>, name = 'lint') => {
    const made = pipeline({ rotation: CredentialRotation.scheduled() });
    made.addJob(name, keywords);
    return parse(made.toYaml(), { version: '1.1' })[name];
  };

  test('is excluded from the rotation, and stays in its other pipelines', () => {
    expect(withJob({ script: ['true'] }).rules).toEqual([{ if: SCHEDULED, when: 'never' }, { if: '$CI_COMMIT_BRANCH || $CI_COMMIT_TAG' }]);
    expect(withJob({ script: ['true'], rules: [{ when: 'always' }] }).rules).toEqual([{ if: SCHEDULED, when: 'never' }, { when: 'always' }]);
  });

  test('stays unchanged when it is a template', () => {
    expect(withJob({ script: ['true'] }, '.lint').rules).toBeUndefined();
  });

  test.each(['only', 'except', 'extends'])('needs rules instead of %s', (keyword) => {
    expect(messageOf(() => withJob({ script: ['true'], [keyword]: ['main'] }))).toContain('expected rules, to exclude it from the pipelines that rotate credentials');
  });
});
