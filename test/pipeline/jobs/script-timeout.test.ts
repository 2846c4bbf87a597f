import { CredentialRotation, DeployJob, Synthesis } from '../../../src';
import { gitlabSeconds } from '../../../src/gitlab/duration';
import { scriptTimeout } from '../../../src/pipeline/jobs/script-timeout';
import { fileOf, GitlabJob, jobNames, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

/** Seconds of a Go duration in minutes or seconds. */
function goSeconds(text: string): number {
  const [, count, unit] = /^(\d+)([ms])$/.exec(text) ?? [];
  return Number(count) * (unit === 'm' ? 60 : 1);
}

const FILES: Array<[string, Record<string, GitlabJob>]> = [
  ['the command', fileOf({ targets: [STAGING, REVIEW], rotation: CredentialRotation.scheduled() })],
  ['kubectl', fileOf({ targets: [STAGING, REVIEW], deployJob: DeployJob.kubectl() })],
  ['a synthesis in the deploy job', fileOf({ targets: [STAGING, REVIEW], synthesis: Synthesis.inDeployJob() })],
];

describe.each(FILES)('with %s', (_, file) => {
  const withCredential = jobNames(file).filter((name) => /^(?:deploy|stop|rotate)-/.test(name));

  test('the script of every job with a credential ends ten minutes before the job', () => {
    expect(withCredential.length).toBeGreaterThan(2);
    for (const name of withCredential) {
      const { timeout, variables } = file[name];
      expect(gitlabSeconds(name, timeout) - goSeconds(variables.RUNNER_SCRIPT_TIMEOUT)).toBe(600);
    }
  });

  test('other jobs have the timeout of the project', () => {
    for (const name of jobNames(file).filter((one) => !withCredential.includes(one))) {
      expect(file[name].timeout).toBeUndefined();
      expect(file[name].variables?.RUNNER_SCRIPT_TIMEOUT).toBeUndefined();
    }
  });
});

const TIME = { needed: 600, parts: 'a rollout of 2m, its rollback' };

test.each([
  [undefined, '20 minutes', '10m'],
  ['20 minutes', '20 minutes', '10m'],
  ['1h', '1h', '50m'],
  ['1201 seconds', '1201 seconds', '601s'],
  ['3 hours 30 minutes', '3 hours 30 minutes', '200m'],
])('with the option timeout %j the job ends after %s, and its script after %s', (option, timeout, script) => {
  expect(scriptTimeout('a', TIME, option)).toEqual({ timeout, variables: { RUNNER_SCRIPT_TIMEOUT: script } });
});

test.each([
  ['19 minutes', 'job a: its timeout is 19 minutes, expected at least 20 minutes: a rollout of 2m, its rollback, and 10 minutes to start and to clean up; set the option timeout to "20 minutes", or remove it'],
  ['never', 'job a: its timeout is never, expected at most 30 days; set'],
  ['2 months', 'job a: its timeout is 2 months, expected at most 30 days; set'],
  ['soon', 'timeout: it is "soon", expected a duration'],
])('the timeout %s is rejected', (option, message) => {
  expect(messageOf(() => scriptTimeout('a', TIME, option))).toContain(message);
});

test('a timeout that is too short for a rollout and its rollback is rejected at generation', () => {
  expect(messageOf(() => fileOf({ deployJob: DeployJob.cdk8sCiDeploy({ timeout: '30 minutes' }) }))).toContain('job deploy-staging: its timeout is 30 minutes, expected at least 45 minutes');
  expect(messageOf(() => fileOf({ deployJob: DeployJob.cdk8sCiDeploy({ timeout: '1h', rolloutTimeout: '20m' }) }))).toContain('expected at least 65 minutes');
  expect(fileOf({ deployJob: DeployJob.cdk8sCiDeploy({ timeout: '30 minutes', rolloutTimeout: '5m', arguments: ['--lock-wait=2m'] }) })['deploy-staging'].variables.RUNNER_SCRIPT_TIMEOUT).toBe('20m');
});

test('no option can change the timeout of the script', () => {
  const variables = { RUNNER_SCRIPT_TIMEOUT: '2h' };

  expect(messageOf(() => fileOf({ deployJob: DeployJob.cdk8sCiDeploy({ variables }) }))).toContain('sets RUNNER_SCRIPT_TIMEOUT to "2h", expected "35m"');
});
