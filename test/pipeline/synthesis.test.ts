import { DeployTarget, Synthesis, SynthesisOptions } from '../../src/index';
import { fileOf, PRODUCTION, REVIEW, STAGING } from '../support/pipelines';
import { messageOf } from '../support/synth';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const COPY = 'cp node_modules/cdk8s-ci-deploy/lib/cli/main.js "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs"';
const stoppedAfter = (autoStopIn: string) => [STAGING, DeployTarget.of({ environment: 'demo', namespace: 'example-demo', autoStopIn })];

describe('a job that synthesizes', () => {
  test('has the image, and no environment', () => {
    const { synth } = fileOf();

    expect(synth).toMatchObject({ needs: [{ job: 'container', artifacts: true }], interruptible: true });
    expect(synth.environment).toBeUndefined();
  });

  test('hands on the manifests of all targets and the command', () => {
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

  test('hands on the review app alone in the pipeline of a merge request', () => {
    expect(fileOf({ targets: [REVIEW] }).synth.script).toContain('mv dist/review "dist/$CI_PIPELINE_ID"');
    expect(fileOf({ targets: [STAGING, REVIEW] }).synth.script[2]).toMatch(/if test -n "\$CI_MERGE_REQUEST_IID"; then\n.*\n +mv dist\/review .*\nelse\n.*\n +mv dist\/staging .*\nfi$/);
  });

  test('takes commands of its own, and what every job takes', () => {
    const { synth } = fileOf({ synthesis: Synthesis.job({ script: ['yarn', 'yarn synth'], variables: { LEVEL: '1' }, image: 'registry.example.com/node:24' }) });

    expect(synth.script.slice(0, 2)).toEqual(['yarn', 'yarn synth']);
    expect(synth).toMatchObject({ variables: { LEVEL: '1' }, image: 'registry.example.com/node:24' });
  });
});

describe('what is handed on is kept', () => {
  test.each([['3 days', '1 week'], ['1 week', '8 days'], ['1 month', '31 days'], ['never', 'never']])('until an environment has been stopped after %s: %s', (autoStopIn, expireIn) => {
    expect(fileOf({ targets: stoppedAfter(autoStopIn) }).synth.artifacts.expire_in).toBe(expireIn);
  });

  test('as long as is said', () => {
    expect(fileOf({ synthesis: Synthesis.job({ expireIn: '2 hours' }) }).synth.artifacts.expire_in).toBe('2 hours');
  });

  test.each<[string, (options: SynthesisOptions) => Synthesis]>([['a job of its own', Synthesis.job], ['the deploy job', Synthesis.inDeployJob]])('not shorter, in %s', (_, synthesis) => {
    expect(messageOf(() => fileOf({ targets: stoppedAfter('3 days'), synthesis: synthesis({ expireIn: '2 days' }) })))
      .toContain('expireIn: the manifests are kept for 2 days, expected at least 3 days, after which an environment is stopped');
  });

  test('not for a time that GitLab does not read', () => {
    expect(messageOf(() => Synthesis.job({ expireIn: '1 fortnight' }))).toContain('expireIn: it is "1 fortnight"');
  });
});

describe('synthesis in the deploy job', () => {
  const file = fileOf({ targets: [STAGING, PRODUCTION, REVIEW], synthesis: Synthesis.inDeployJob() });

  test('has no job of its own', () => {
    expect(file.stages).toEqual(['image', 'deploy']);
  });

  test('runs first, for the target of the job, in a checkout', () => {
    const { script, variables, needs } = file['deploy-production'];

    expect(script.slice(0, 5)).toEqual(['npm ci', 'npm run synth', 'mkdir -p "dist/$CI_PIPELINE_ID"', 'mv dist/production "dist/$CI_PIPELINE_ID"', COPY]);
    expect(script.at(-1)).toContain('deploy "dist/$CI_PIPELINE_ID/production" --app web');
    expect(variables).toBeUndefined();
    expect(needs).toEqual([{ job: 'container', artifacts: true }, { job: 'deploy-staging', artifacts: false }]);
  });
});
