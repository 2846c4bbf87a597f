import { Cdk8sCiDeployOptions, DeployTarget, DeployJob, KubectlDeployOptions, Synthesis } from '../../../src/index';
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
    expect(job().variables).toEqual({ GIT_STRATEGY: 'none' });
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

describe('the command', () => {
  test('is compared with the SHA-256 of this library\'s command', () => {
    const { script } = command();
    const check = script.findIndex((line: string) => line.includes('sha256sum'));

    expect(script[check]).toBe(`echo "${'0'.repeat(64)}  dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.cjs" | sha256sum -c -`);
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

  test.each([[undefined, '40 minutes'], ['90s', '23 minutes'], ['1h', '140 minutes']])('has time for a rollback when a rollout may take %s, so its timeout is %s', (rolloutTimeout, timeout) => {
    expect(command({ rolloutTimeout }).timeout).toBe(timeout);
  });

  test.each<[string, Cdk8sCiDeployOptions, string]>([
    ['two words in one argument', { arguments: ['--allow-registry x'] }, 'arguments: there is "--allow-registry x", expected options of deploy'],
    ['a command of the shell', { arguments: ['--adopt=$(id)'] }, 'arguments: there is "--adopt=$(id)"'],
    ['an operand', { arguments: ['dist'] }, 'arguments: there is "dist"'],
    ['an option that the job sets itself', { arguments: ['--app=other'] }, 'arguments: there is "--app=other", expected options that the job does not set itself'],
    ['an invalid name of a Secret', { pullSecret: 'Pull' }, 'pullSecret: it is "Pull"'],
  ])('rejects %s', (_, options, message) => {
    expect(messageOf(() => command(options))).toContain(message);
  });
});

describe('kubectl', () => {
  test('runs a server-side dry run, applies, and waits for each rollout', () => {
    const { script } = kubectl({ rolloutTimeout: '5m' });
    const apply = 'kubectl --namespace example-staging apply --server-side --request-timeout 60s --filename "dist/$CI_PIPELINE_ID/staging"';

    expect(script.slice(-4, -1)).toEqual([`${apply} --dry-run=server > /dev/null < /dev/null`, `applied="$(${apply} --output name < /dev/null)"`, 'printf \'%s\\n\' "$applied"']);
    expect(script.at(-1)).toContain('kubectl --namespace example-staging rollout status --timeout 300s "$workload" < /dev/null');
  });

  test('has a pinned image with a shell as its entrypoint', () => {
    expect(kubectl().image).toEqual({ name: expect.stringMatching(/^alpine\/kubectl:\d+\.\d+\.\d+$/), entrypoint: [''] });
    expect(kubectl({ image: 'registry.example.com/kubectl:1' }).image).toEqual({ name: 'registry.example.com/kubectl:1', entrypoint: [''] });
  });

  test('writes no report', () => {
    expect(kubectl().artifacts).toBeUndefined();
  });

  test('cannot synthesize in the same job without an image that has npm', () => {
    const synthesis = Synthesis.inDeployJob();

    expect(messageOf(() => fileOf({ synthesis, deployJob: DeployJob.kubectl() }))).toContain('expected an image with npm and kubectl; set the option image');
    expect(fileOf({ synthesis, deployJob: DeployJob.kubectl({ image: 'registry.example.com/both:1' }) })['deploy-staging'].script).toContain('npm ci');
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
