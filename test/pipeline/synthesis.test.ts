import { DeployTarget, Synthesis, SynthesisOptions } from '../../src/index';
import { fileOf, PRODUCTION, REVIEW, STAGING } from '../support/pipelines';
import { messageOf } from '../support/synth';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const COPY = 'cp node_modules/cdk8s-ci-deploy/lib/cli/main.js "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs"';
const stoppedAfter = (autoStopIn: string) => [STAGING, DeployTarget.of({ environment: 'demo', namespace: 'example-demo', autoStopIn })];

describe('a job that synthesizes', () => {
  test('gets the image and has no environment', () => {
    const { synth } = fileOf();

    expect(synth).toMatchObject({ needs: [{ job: 'container', artifacts: true }], interruptible: true });
    expect(synth.environment).toBeUndefined();
  });

  test('passes on the manifests of all targets and the command', () => {
    const { synth } = fileOf({ targets: [STAGING, PRODUCTION] });

    expect(synth.script).toEqual(['npm ci', 'npm run synth', 'mkdir -p "dist/$CI_PIPELINE_ID"', 'mv dist/staging dist/production "dist/$CI_PIPELINE_ID"', COPY]);
    expect(synth.artifacts.paths).toEqual(['dist/$CI_PIPELINE_ID/']);
  });

  test('keeps the folders of environments with a slash', () => {
    const targets = ['eu/production', 'us/production', 'eu/staging'].map((environment, index) => DeployTarget.of({ environment, namespace: `example-${index}` }));

    expect(fileOf({ targets }).synth.script.slice(2, -1)).toEqual([
      'mkdir -p "dist/$CI_PIPELINE_ID/eu"', 'mv dist/eu/production dist/eu/staging "dist/$CI_PIPELINE_ID/eu"',
      'mkdir -p "dist/$CI_PIPELINE_ID/us"', 'mv dist/us/production "dist/$CI_PIPELINE_ID/us"',
    ]);
  });

  test('passes on only the review app in the pipeline of a merge request', () => {
    expect(fileOf({ targets: [REVIEW] }).synth.script).toContain('mv dist/review "dist/$CI_PIPELINE_ID"');
    expect(fileOf({ targets: [STAGING, REVIEW] }).synth.script[2]).toMatch(/if test -n "\$CI_MERGE_REQUEST_IID"; then\n.*\n +mv dist\/review .*\nelse\n.*\n +mv dist\/staging .*\nfi$/);
  });

  test('accepts other commands and the options of every job', () => {
    const { synth } = fileOf({ synthesis: Synthesis.job({ script: ['yarn', 'yarn synth'], variables: { LEVEL: '1' }, image: 'registry.example.com/node:24' }) });

    expect(synth.script.slice(0, 2)).toEqual(['yarn', 'yarn synth']);
    expect(synth).toMatchObject({ variables: { LEVEL: '1' }, image: 'registry.example.com/node:24' });
  });
});

describe('the artifact with the manifests', () => {
  test.each([['3 days', '1 week'], ['1 week', '8 days'], ['1 month', '31 days'], ['never', 'never']])('outlasts an environment that is stopped after %s, so it expires after %s', (autoStopIn, expireIn) => {
    expect(fileOf({ targets: stoppedAfter(autoStopIn) }).synth.artifacts.expire_in).toBe(expireIn);
  });

  test('expires after the chosen time', () => {
    expect(fileOf({ synthesis: Synthesis.job({ expireIn: '2 hours' }) }).synth.artifacts.expire_in).toBe('2 hours');
  });

  test.each<[string, (options: SynthesisOptions) => Synthesis]>([['a job of its own', Synthesis.job], ['the deploy job', Synthesis.inDeployJob]])('may not expire before an environment is stopped, with synthesis in %s', (_, synthesis) => {
    expect(messageOf(() => fileOf({ targets: stoppedAfter('3 days'), synthesis: synthesis({ expireIn: '2 days' }) })))
      .toMatch(/expireIn: the manifests are kept for 2 days, expected at least 3 days, after which an environment is stopped .*; set expireIn to '4 days', or remove it$/);
  });

  test('may not expire after an invalid time', () => {
    expect(messageOf(() => Synthesis.job({ expireIn: '1 fortnight' }))).toContain('expireIn: it is "1 fortnight"');
  });
});

describe('synthesis in the deploy job', () => {
  const file = fileOf({ targets: [STAGING, PRODUCTION, REVIEW], synthesis: Synthesis.inDeployJob() });

  test('needs no job of its own', () => {
    expect(file.stages).toEqual(['image', 'deploy']);
  });

  test('runs first in the deploy job, in a checkout and for its target only', () => {
    const { script, variables, needs } = file['deploy-production'];

    expect(script.slice(0, 5)).toEqual(['npm ci', 'npm run synth', 'mkdir -p "dist/$CI_PIPELINE_ID"', 'mv dist/production "dist/$CI_PIPELINE_ID"', COPY]);
    expect(script.at(-1)).toContain('deploy "dist/$CI_PIPELINE_ID/production" --app web');
    expect(Object.keys(variables)).toEqual(['RUNNER_SCRIPT_TIMEOUT']);
    expect(needs).toEqual([{ job: 'container', artifacts: true }, { job: 'deploy-staging', artifacts: false }]);
  });
});
