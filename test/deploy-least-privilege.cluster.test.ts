import { configMap, deployment, job, manifests, secret } from './cluster/application';
import { runKubectl } from './cluster/cluster';
import { Deployer } from './cluster/deployer';
import { deploy, release } from './cluster/deploying';
import { accessManifests, forbiddenOf, LeastOptions, makeLeastDeployer } from './cluster/least-deployer';
import { cluster, onKwok } from './cluster/on-kwok';
import { CliResult } from './support/cli';

const NAMESPACE = 'least-deploy';
const WEB: LeastOptions = {
  namespace: NAMESPACE,
  app: 'web',
  objects: [configMap('kept'), configMap('old'), secret('web', { a: 'value' }), deployment('web', { pullSecret: 'gitlab' }), job('once')],
  pullSecret: 'gitlab',
};
const SHOP: LeastOptions = { namespace: NAMESPACE, app: 'shop', objects: [deployment('shop', { pullSecret: 'gitlab' })], pullSecret: 'gitlab' };
const variables = { CI_PROJECT_ID: '7', CI_REGISTRY: 'registry.example.com', CI_DEPLOY_USER: 'gitlab+deploy-token-1', CI_DEPLOY_PASSWORD: 'gldt-0123456789' };

let web: Deployer;
let shop: Deployer;

onKwok();

beforeAll(() => {
  web = makeLeastDeployer(cluster, WEB);
  shop = makeLeastDeployer(cluster, SHOP);
});

async function run(deployer: Deployer, app: string, command: string, ...argv: string[]): Promise<CliResult> {
  return release(deployer, { app, variables }, command, ...argv);
}

async function apply(objects: readonly object[], ...argv: string[]): Promise<CliResult> {
  return release(web, { variables, files: { 'app.yaml': manifests(...objects) } }, 'deploy', 'app.yaml', ...argv);
}

async function applyShop(): Promise<CliResult> {
  return release(shop, { app: 'shop', variables, files: { 'shop.yaml': manifests(...SHOP.objects) } }, 'deploy', 'shop.yaml', '--pull-secret', 'gitlab');
}

const pullSecrets = () => web.admin('get', 'secrets', '--field-selector', 'type=kubernetes.io/dockerconfigjson', '-o', 'name');

test('a deployer with only the rights that its manifests need deploys them, with their pull secret', async () => {
  expect(await apply(WEB.objects, '--pull-secret', 'gitlab')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^created +Secret gitlab/m) });
});

test('another deployer of the namespace shares the pull secret', async () => {
  expect(await applyShop()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^changed +Secret gitlab/m) });
});

test('the deployer replaces a Job, and deletes objects that are no longer in the release', async () => {
  const changed = [configMap('kept'), secret('web', { a: 'value' }), deployment('web', { pullSecret: 'gitlab' }), job('once', { image: 'registry.example.com/web:2' })];
  const { code, stdout } = await apply(changed, '--pull-secret', 'gitlab');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^unchanged +Secret gitlab[^]*^replaced +Job once[^]*^removed +ConfigMap old$/m) });
});

test('the deployer rolls a failed release back', async () => {
  const broken = deployment('web', { pullSecret: 'gitlab', image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } });
  const { code, stderr } = await apply([configMap('kept'), configMap('old'), secret('web', { a: 'value' }), broken], '--pull-secret', 'gitlab', '--rollback-on-failure');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/image registry\.example\.com\/web:missing: .*\n?[^]*rolled back: release 2 is restored/) });
});

test('the deployer rolls back to an earlier release', async () => {
  expect(await run(web, 'web', 'rollback')).toMatchObject({ code: 0 });
  expect(web.admin('get', 'configmaps', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'jsonpath={.items[*].metadata.name}')).toBe('kept old');
  expect(await run(web, 'web', 'history')).toMatchObject({ code: 0 });
  expect(await run(web, 'web', 'status')).toMatchObject({ code: 0 });
});

test('administrators can apply the access manifests again', async () => {
  runKubectl(cluster.kubeconfig, ['apply', '--server-side', '-f', '-'], accessManifests(WEB));
  expect((await run(web, 'web', 'history')).stdout).toContain('deployed');
  expect(pullSecrets()).toBe('secret/gitlab\n');
});

test('the deployer cannot deploy other objects, and learns it before anything is written', async () => {
  expect(await apply([configMap('kept'), configMap('other')])).toMatchObject({ code: 3, stderr: expect.stringMatching(/ConfigMap other: .*let an administrator grant this right/) });
  const { code, stderr } = await apply([configMap('other')], '--pull-secret', 'another');
  expect({ code, stderr }).toEqual({
    code: 3, stderr: expect.stringMatching(/2 of 2 objects cannot be applied, .*\n.*ConfigMap other: .*\n.*Secret another: .*cannot get resource "secrets".*`pullSecret` of DeployerRole\.leastPrivilege/),
  });
});

test('destroy deletes everything, and keeps the pull credentials of the other application', async () => {
  const before = forbiddenOf(cluster, WEB).filter((request) => !/ (?:other|another)$/.test(request));
  expect(before).toEqual([]);
  expect(await run(web, 'web', 'destroy')).toMatchObject({ code: 0, stderr: expect.stringContaining('Secret gitlab stays: other applications use it, too') });
  expect(web.admin('get', 'configmaps,deployments,jobs', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'name')).toBe('deployment.apps/shop\n');
  expect(await applyShop()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^unchanged +Secret gitlab/m) });
});

test('destroy deletes the pull secret of the last application, although it may not list Secrets', async () => {
  expect(await run(shop, 'shop', 'destroy')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed +Secret gitlab$/m) });
  expect(pullSecrets()).toBe('');
  expect(forbiddenOf(cluster, SHOP)).toEqual(['list secrets']);
});

test('the deployer cannot deploy another application', async () => {
  expect(await deploy(web, [...WEB.objects])).toMatchObject({ code: 3 });
});
