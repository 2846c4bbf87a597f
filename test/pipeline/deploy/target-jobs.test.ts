import { Cdk8sCiDeployOptions, DeployTarget, DeployJob, KubectlDeployOptions, Synthesis } from '../../../src';
import { fileOf, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const COMMAND = 'node "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs"';
const command = (options: Cdk8sCiDeployOptions = {}) => fileOf({ deployJob: DeployJob.cdk8sCiDeploy(options) })['deploy-staging'];
const kubectl = (options: KubectlDeployOptions = {}) => fileOf({ deployJob: DeployJob.kubectl(options) })['deploy-staging'];

describe.each([['the command', command], ['kubectl', kubectl]] as const)('a job that deploys by %s', (_, job) => {
  test('runs alone in its environment, and is neither interrupted nor retried', () => {
    expect(job()).toMatchObject({
      stage: 'deploy',
      environment: { name: 'staging' },
      resource_group: 'staging',
      interruptible: false,
      retry: 0,
    });
  });

  test('gets the manifests and no code of the project', () => {
    expect(job().needs).toEqual([{ job: 'synth', artifacts: true }]);
    expect(job().variables).toMatchObject({ GIT_STRATEGY: 'none' });
  });

  test.each<[string, KubectlDeployOptions, string]>([
    ['a checkout', { variables: { GIT_STRATEGY: 'clone' } }, 'job deploy-staging: the option variables sets GIT_STRATEGY to "clone", expected "none", which the job needs; remove GIT_STRATEGY from variables'],
    ['a retry', { raw: { retry: 2 } }, 'job deploy-staging: raw has "retry"'],
    ['another resource group', { raw: { resource_group: 'all' } }, 'raw has "resource_group"'],
    ['a time without a unit', { rolloutTimeout: '10' }, 'rolloutTimeout: it is "10", expected a number with its unit'],
  ])('rejects %s', (__, options, message) => {
    expect(messageOf(() => job(options))).toContain(message);
  });

  test('accepts the options of every job', () => {
    expect(job({ tags: ['cluster'], timeout: '1 hour', variables: { GIT_STRATEGY: 'none', HTTPS_PROXY: 'http://proxy.example.com' } })).toMatchObject({
      tags: ['cluster'],
      timeout: '1 hour',
      variables: { GIT_STRATEGY: 'none', HTTPS_PROXY: 'http://proxy.example.com' },
    });
  });

  test('can have another prefix in its name', () => {
    const file = fileOf({ deployJob: DeployJob.cdk8sCiDeploy({ name: 'release' }), targets: [STAGING, PRODUCTION] });

    expect(file['release-production'].needs).toContainEqual({ job: 'release-staging', artifacts: false });
  });
});

describe('the job that stops an environment', () => {
  test('destroys the release without a checkout, when a person or GitLab starts it', () => {
    const file = fileOf({ targets: [REVIEW] });

    expect(file['deploy-review'].environment).toMatchObject({ name: 'review/mr-$CI_MERGE_REQUEST_IID', on_stop: 'stop-review', auto_stop_in: '3 days' });
    expect(file['stop-review']).toMatchObject({
      stage: 'deploy',
      rules: [{ ...file['deploy-review'].rules[0], when: 'manual', allow_failure: true }],
      needs: [{ job: 'synth', artifacts: true }],
      environment: { name: 'review/mr-$CI_MERGE_REQUEST_IID', action: 'stop' },
      resource_group: file['deploy-review'].resource_group,
      interruptible: false,
      variables: { GIT_STRATEGY: 'none' },
    });
    expect(file['stop-review'].script.at(-1)).toBe(`${COMMAND} destroy --app "web-mr-$CI_MERGE_REQUEST_IID"`);
  });

  test('deletes the objects in the manifests when kubectl has deployed them', () => {
    const { script } = fileOf({ targets: [REVIEW], deployJob: DeployJob.kubectl() })['stop-review'];

    expect(script.at(-1)).toBe('kubectl --namespace example-review delete --ignore-not-found --filename "dist/$CI_PIPELINE_ID/review" < /dev/null');
  });

  test('gets the command from the deploy job when that job synthesizes', () => {
    const file = fileOf({ targets: [REVIEW], synthesis: Synthesis.inDeployJob() });

    expect(file['stop-review'].needs).toEqual([{ job: 'deploy-review', artifacts: true }]);
    expect(file['deploy-review'].artifacts).toMatchObject({ paths: ['dist/$CI_PIPELINE_ID/'], expire_in: '1 week' });
  });

  test('exists only for a stoppable target', () => {
    const stoppable = DeployTarget.of({ environment: 'demo', namespace: 'example-demo', stoppable: true });

    expect(Object.keys(fileOf())).not.toContain('stop-staging');
    expect(Object.keys(fileOf({ targets: [stoppable] }))).toContain('stop-demo');
  });
});
