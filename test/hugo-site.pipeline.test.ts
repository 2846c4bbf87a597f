import { cluster, onKwokOfItsOwn } from './cluster/on-kwok';
import { Processes } from './cluster/processes';
import { Registry, startRegistry } from './cluster/registry';
import { JOB_TOKEN, JOB_USER, NAMESPACES, SiteDelivery } from './gitlab-ci/site-delivery';
import { JobResult, PipelineRun } from './pipeline/runner/pipeline-run';

onKwokOfItsOwn();

let processes: Processes;
let registry: Registry;
let delivery: SiteDelivery;
let first: PipelineRun;
let jobs: Record<string, JobResult>;

beforeAll(async () => {
  processes = new Processes();
  const dockerHub = await startRegistry(processes, { name: 'docker-hub' });
  registry = await startRegistry(processes, { name: 'project', user: JOB_USER });
  delivery = SiteDelivery.prepare(cluster, { dockerHub: dockerHub.address, project: registry.address });
}, 600_000);

afterAll(async () => {
  await processes?.stop();
  delivery?.remove();
});

const succeeded = (...names: string[]) => Object.fromEntries(names.map((name) => [name, expect.objectContaining({ status: 'success' })]));
const JOBS = ['build', 'container', 'synth', 'deploy-staging', 'deploy-production'];

describe('the pipeline that the example\'s program writes', () => {
  test('builds the site and its image, synthesizes the manifests and deploys them to both environments', async () => {
    first = delivery.pipeline();
    jobs = await first.run();
    expect(jobs).toEqual(succeeded(...JOBS));
  });

  test('writes no secret to a log or an artifact', () => {
    const said = [...first.traces(), ...first.artifacts()].join('\n');
    expect(said).toContain('kind: Deployment');
    for (const secret of [JOB_TOKEN, ...delivery.tokens()]) expect(said).not.toContain(secret);
  });

  test('passes on the image by a digest that the registry has', async () => {
    const { IMAGE = '', IMAGE_PIPELINE_ID } = first.dotenv('container');
    const [, digest] = /^127\.0\.0\.1:\d+\/group\/site:[0-9a-f]{8}-4701-\d+@(sha256:[0-9a-f]{64})$/.exec(IMAGE) ?? [];
    expect(IMAGE_PIPELINE_ID).toBe('4701');
    const authorization = `Basic ${Buffer.from(`gitlab-ci-token:${JOB_TOKEN}`).toString('base64')}`;
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const answer = await fetch(`http://${registry.address}/v2/group/site/manifests/${digest}`, { headers: { authorization, accept } });
    expect({ status: answer.status, digest: answer.headers.get('docker-content-digest') }).toEqual({ status: 200, digest });
  });

  test.each(Object.values(NAMESPACES))('runs that image in %s', (namespace) => {
    expect(delivery.deployedImage(namespace)).toBe(first.dotenv('container').IMAGE);
  });

  test('deploys the next commit, whose package.json has "type": "module"', async () => {
    const { repository } = delivery;
    repository.write('package.json', JSON.stringify({ ...JSON.parse(repository.read('package.json')), type: 'module' }));
    repository.write('content/posts/second.md', '---\ntitle: The second commit\n---\nNew text.\n');
    repository.commit('second');
    const second = delivery.pipeline();

    expect(await second.run()).toEqual(succeeded(...JOBS));
    const { IMAGE } = second.dotenv('container');
    expect(IMAGE).not.toBe(first.dotenv('container').IMAGE);
    expect(Object.values(NAMESPACES).map((namespace) => delivery.deployedImage(namespace))).toEqual([IMAGE, IMAGE]);
  });
});

describe('the job with the cause fails, and its log names the cause', () => {
  test('when the site does not build', async () => {
    delivery.repository.write('layouts/index.html', '{{ .Title ');
    delivery.repository.commit('broken');
    const ran = await delivery.pipeline().run();
    delivery.repository.revert();

    expect(ran).toEqual({ build: expect.objectContaining({ status: 'failed', exitCode: 255, log: expect.stringMatching(/layouts\/index\.html.*unclosed action/) }) });
  });

  test.each([
    ['when the registry rejects the password', [{ key: 'CI_REGISTRY_PASSWORD', value: 'expired' }], /invalid username\/password/],
    ['when there is no registry', [{ key: 'CI_REGISTRY', value: '127.0.0.1:1' }], /connection refused/],
  ])('%s', async (_, variables, sentence) => {
    const ran = await delivery.pipeline().run({ variables });

    expect(ran).toEqual({ ...succeeded('build'), container: expect.objectContaining({ status: 'failed', exitCode: 125, log: expect.stringMatching(sentence) }) });
  });

  test('when the image is from another pipeline', async () => {
    const pipeline = delivery.pipeline();
    await pipeline.run({ jobs: ['build', 'container'] });
    const ran = await pipeline.run({ jobs: ['synth'], variables: [{ key: 'CI_PIPELINE_ID', value: '4999' }] });

    expect(ran).toEqual({ synth: expect.objectContaining({ status: 'failed', log: expect.stringMatching(/IMAGE_PIPELINE_ID/) }) });
  });

  test('when there is no credential', async () => {
    const ran = await first.run({ jobs: ['deploy-staging'], without: ['KUBECONFIG'] });

    expect(ran).toEqual({ 'deploy-staging': expect.objectContaining({ status: 'failed', exitCode: 2, log: expect.stringContaining('\ncdk8s-ci-deploy: KUBECONFIG: it is not set') }) });
  });

  test('when the command has another SHA-256', async () => {
    const command = 'dist/4701/cdk8s-ci-deploy.cjs';
    first.replaceFiles('synth', { [command]: Buffer.concat([first.files('synth')[command]!, Buffer.from('\n')]) });
    const ran = await first.run({ jobs: ['deploy-staging'] });

    expect(ran).toEqual({ 'deploy-staging': expect.objectContaining({ status: 'failed', exitCode: 1, log: expect.stringMatching(/cdk8s-ci-deploy\.cjs: FAILED\n/) }) });
  });
});
