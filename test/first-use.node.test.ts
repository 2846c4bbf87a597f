import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKubectl, tryKubectl } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { needDebianPackages } from './cluster/debian';
import { ExampleSite, HUGO } from './cluster/example-site';
import { BUILDAH, pushImage } from './cluster/image';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { until } from './support/until';

const MAIN = join(__dirname, '..', 'lib', 'cli', 'main.js');

/** Serves the same files as the example's image. The base of that image comes from a registry, which these tests do not use. */
const DOCKERFILE = `
FROM scratch
COPY busybox /busybox
COPY public/ /site/
USER 65532
ENTRYPOINT ["/busybox", "httpd", "-f", "-p", "8080", "-h", "/site"]
`;

let cluster: ControlPlane;
let folder: string;
let site: ExampleSite;
let image: string;
let credential: string;

const asDeployer = (...args: string[]) => tryKubectl(credential, args);

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error('the command is not built: run npm run compile');
  needDebianPackages(HUGO);
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'real' });
  folder = mkdtempSync(join(tmpdir(), 'first-use-'));
  credential = join(folder, 'ci.kubeconfig');
  site = new ExampleSite(folder);
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await cluster?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('Hugo builds the site, and buildah pushes its image to the registry', () => {
  const context = join(folder, 'image');
  site.build(join(context, 'public'));
  copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
  writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
  const name = `${cluster.registry}/group/site`;
  const digest = pushImage(context, `${name}:1ecfd275-4711-12345`, join(folder, 'buildah'));
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  image = `${name}@${digest}`;
});

test('the programs of the example read that image from the variables of the job', () => {
  site.run('access.ts');
  site.run('main.ts', { CI_REGISTRY: `${cluster.registry}`, CI_REGISTRY_IMAGE: `${cluster.registry}/group/site`, IMAGE: image, IMAGE_PIPELINE_ID: '4711' });
});

test('an administrator gives the job rights in one namespace that enforces Pod Security "restricted"', () => {
  const applied = tryKubectl(cluster.kubeconfig, ['apply', '--server-side', '--validate=strict', '-f', site.manifest('access-staging.yaml')]);
  expect(applied).toMatchObject({ status: 0, stderr: '' });
  const labels = runKubectl(cluster.kubeconfig, ['get', 'namespace', 'example-staging', '-o', 'jsonpath={.metadata.labels}']);
  expect(JSON.parse(labels)).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });

  const token = runKubectl(cluster.kubeconfig, ['create', 'token', 'gitlab-example-staging', '-n', 'example-staging']);
  execFileSync(process.execPath, [MAIN, 'kubeconfig', cluster.kubeconfig, '--token-file', '-', '--namespace', 'example-staging', '--file', credential],
    { input: token, env: {}, stdio: 'pipe' });
});

test('the job deploys the site, which becomes available', () => {
  expect(asDeployer('apply', '--server-side', '--validate=strict', '-f', site.manifest('staging/web.k8s.yaml'))).toMatchObject({ status: 0, stderr: '' });
  const waited = asDeployer('wait', 'deployment/web', '--for=condition=Available', '--timeout=60s');
  expect({ ...waited, events: waited.status === 0 ? '' : asDeployer('get', 'events').stdout }).toEqual({
    status: 0, stdout: 'deployment.apps/web condition met\n', stderr: '', events: '',
  });
  expect(asDeployer('get', 'pods', '-o', 'jsonpath={range .items[*]}{.status.containerStatuses[0].imageID}{"\\n"}{end}').stdout.split('\n')).toContain(image);
});

test('the Service and each pod serve the page', async () => {
  const pods = asDeployer('get', 'pods', '-o', 'jsonpath={.items[*].metadata.name}').stdout.split(' ');
  for (const served of ['services/web:80', ...pods.map((pod) => `pods/${pod}:8080`)]) {
    const get = () => asDeployer('get', '--raw', `/api/v1/namespaces/example-staging/${served}/proxy/`);
    // The endpoints of the Service follow the pods after a moment, and not all pods are available at once.
    await until(() => get().status === 0);
    const page = get();
    expect(page).toMatchObject({ status: 0, stderr: '' });
    expect(page.stdout).toContain('GitLab CI built this page with <strong>Hugo</strong>');
  }
});

test('the container does not run as root and cannot write', () => {
  const write = (file: string) => asDeployer('exec', 'deployment/web', '--', '/busybox', 'sh', '-c', `id -u; echo written >${file}`);
  expect(write('/site/index.html').stderr).toContain('Read-only file system');
  expect(write('/tmp/scratch')).toMatchObject({ stdout: '65532\n' });
});

test('the job can read the log', () => {
  expect(asDeployer('logs', 'deployment/web')).toMatchObject({ status: 0, stderr: '' });
});
