import { Cdk8sCiDeployOptions, DeployJob } from '../../../src';
import { fileOf } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const COMMAND = 'node "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs"';
const command = (options: Cdk8sCiDeployOptions = {}) => fileOf({ deployJob: DeployJob.cdk8sCiDeploy(options) })['deploy-staging'];

describe('the command', () => {
  test('is compared with the SHA-256 of this library\'s command', () => {
    const { script } = command();
    const check = script.findIndex((line: string) => line.includes('sha256sum'));

    expect(script[check]).toBe(`echo "${'0'.repeat(64)}  dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs" | sha256sum -c - || { echo 'cdk8s-ci-deploy is not the version of this pipeline. Run "npx cdk8s-ci-deploy pipeline" and commit the file. With a component, set its input command-sha256.' >&2; exit 1; }`);
    expect(script[check + 1]).toMatch(/^node /);
  });

  test('writes reports in any case, after it has removed those of an older pipeline', () => {
    const { script, artifacts } = command();

    expect(script[0]).toBe('rm -f cdk8s-ci-deploy.xml cdk8s-ci-deploy.env');
    expect(script.at(-1)).toBe(`${COMMAND} deploy "dist/$CI_PIPELINE_ID/staging" --app web --junit cdk8s-ci-deploy.xml --dotenv cdk8s-ci-deploy.env`);
    expect(artifacts).toEqual({ when: 'always', reports: { junit: 'cdk8s-ci-deploy.xml', dotenv: 'cdk8s-ci-deploy.env' } });
  });

  test('gets its options', () => {
    const { script, artifacts } = command({ pullSecret: 'pull', rolloutTimeout: '90s', diff: true, reports: false, arguments: ['--adopt', '--allow-registry=registry.example.com/team'] });

    expect(script.at(-1)).toBe(
      `${COMMAND} deploy "dist/$CI_PIPELINE_ID/staging" --app web --pull-secret pull --timeout 90s --diff --adopt --allow-registry=registry.example.com/team`,
    );
    expect(artifacts).toBeUndefined();
  });

  test.each<[Cdk8sCiDeployOptions, string, string]>([
    [{}, '45 minutes', '35m'],
    [{ rolloutTimeout: '90s' }, '28 minutes', '18m'],
    [{ rolloutTimeout: '75s' }, '28 minutes', '1050s'],
    [{ rolloutTimeout: '1h' }, '145 minutes', '135m'],
    [{ arguments: ['--adopt', '--lock-wait=1m'] }, '36 minutes', '26m'],
  ])('has time for a rollout and its rollback with %j, before the job ends after %s', (options, timeout, script) => {
    expect(command(options)).toMatchObject({ timeout, variables: { RUNNER_SCRIPT_TIMEOUT: script } });
  });

  test.each<[string, Cdk8sCiDeployOptions, string]>([
    ['two words in one argument', { arguments: ['--allow-registry x'] }, 'arguments: there is "--allow-registry x", expected options of deploy'],
    ['a command of the shell', { arguments: ['--adopt=$(id)'] }, 'arguments: there is "--adopt=$(id)"'],
    ['an operand', { arguments: ['dist'] }, 'arguments: there is "dist"'],
    ['an option that the job sets itself', { arguments: ['--app=other'] }, 'arguments: there is "--app=other", expected options that the job does not set itself'],
    ['the help instead of a deployment', { arguments: ['--help'] }, 'arguments: there is "--help", expected options that the job does not set itself'],
    ['the help with a value', { arguments: ['--adopt', '--help=yes'] }, 'arguments: there is "--help=yes"'],
    ['the version instead of a deployment', { arguments: ['--version'] }, 'arguments: there is "--version"'],
    ['a dry run instead of a deployment', { arguments: ['--dry-run'] }, 'arguments: there is "--dry-run"'],
    ['an invalid name of a Secret', { pullSecret: 'Pull' }, 'pullSecret: it is "Pull"'],
  ])('rejects %s', (_, options, message) => {
    expect(messageOf(() => command(options))).toContain(message);
  });
});
