import { runKubectl } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { NAMESPACES, SiteDelivery } from './gitlab-ci/site-delivery';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';

let cluster: ControlPlane;
let delivery: SiteDelivery;

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'real' });
  delivery = SiteDelivery.prepare(cluster, { dockerHub: cluster.registry!, project: cluster.registry! });
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await cluster?.stop();
  delivery?.remove();
});

const page = (namespace: string) => runKubectl(cluster.kubeconfig, ['get', '--raw', `/api/v1/namespaces/${namespace}/services/web:80/proxy/`]);
const imagesOfPods = (namespace: string) =>
  runKubectl(cluster.kubeconfig, ['get', 'pods', '-n', namespace, '-o', 'jsonpath={range .items[*]}{.status.containerStatuses[0].imageID}{"\\n"}{end}']).split('\n');

test('the pods pull the pipeline\'s image and serve the page that Hugo built', async () => {
  const pipeline = delivery.pipeline();
  expect(await pipeline.run()).toMatchObject({ 'deploy-staging': { status: 'success' }, 'deploy-production': { status: 'success' } });

  const [, digest] = pipeline.dotenv('container').IMAGE!.split('@');
  for (const namespace of Object.values(NAMESPACES)) {
    expect(imagesOfPods(namespace)).toContain(`${cluster.registry}/group/site@${digest}`);
    expect(page(namespace)).toContain('GitLab CI built this page with <strong>Hugo</strong>');
  }
});

test('the pods serve the text of the next commit', async () => {
  delivery.repository.write('content/_index.md', '---\ntitle: Welcome\n---\nThis is the **second commit**.\n');
  delivery.repository.commit('second');
  expect(await delivery.pipeline().run()).toMatchObject({ 'deploy-staging': { status: 'success' }, 'deploy-production': { status: 'success' } });

  for (const namespace of Object.values(NAMESPACES)) expect(page(namespace)).toContain('This is the <strong>second commit</strong>');
});

test('the deploy job fails with the registry\'s answer when an image cannot be pulled, and the pods serve the previous page', async () => {
  delivery.repository.write('content/_index.md', '---\ntitle: Welcome\n---\nThis is the **third commit**.\n');
  delivery.repository.commit('third');
  const pipeline = delivery.pipeline();
  await pipeline.run({ jobs: ['build', 'container'] });
  pipeline.replaceDotenv('container', { IMAGE: pipeline.dotenv('container').IMAGE!.replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`) });
  const jobs = await pipeline.run({ jobs: ['synth', 'deploy-staging'] });

  expect(jobs).toMatchObject({ 'synth': { status: 'success' }, 'deploy-staging': { status: 'failed', exitCode: 1 } });
  expect(jobs['deploy-staging']?.log).toMatch(/Deployment web, pod web-\S+, container web, image \S+@sha256:0{64}: (?:ErrImagePull|ImagePullBackOff): .*not found/);
  expect(page(NAMESPACES.staging)).toContain('This is the <strong>second commit</strong>');
});
