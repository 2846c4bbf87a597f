import { DeployJob, KubectlDeployOptions, Synthesis } from '../../../src';
import { fileOf } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const kubectl = (options: KubectlDeployOptions = {}) => fileOf({ deployJob: DeployJob.kubectl(options) })['deploy-staging'];

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
