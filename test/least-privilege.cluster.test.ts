import { App, Chart, Yaml } from 'cdk8s';
import { DeployerRole, Kubeconfig, NamespaceDeployer } from '../src';
import { jobClient } from './cluster/clients';
import { runKubectl } from './cluster/cluster';
import { ControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT } from './cluster/programs';
import { shareControlPlane } from './cluster/shared-cluster';
import { CliResult, fileText, runCli } from './support/cli';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { JsonObject } from '../src/base/json';
import { KubernetesClient } from '../src/cli/cluster/kubernetes-client';
import { NextObject } from '../src/cli/deploy/history/history';
import { ReleaseStore } from '../src/cli/deploy/history/release-store';
import { acquireLock } from '../src/cli/deploy/lock/acquire-lock';
import { DeployLock } from '../src/cli/deploy/lock/deploy-lock';
import { systemClock } from '../src/cli/io/clock';
import { releaseName } from '../src/release/release-names';

const NAMESPACE = 'least';
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const APPS = `/apis/apps/v1/namespaces/${NAMESPACE}`;
const BATCH = `/apis/batch/v1/namespaces/${NAMESPACE}`;
const IDENTITY = { project: '42', environment: 'production', app: 'web' };
const CI = { CI_PROJECT_ID: '42', CI_ENVIRONMENT_NAME: 'production' };

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] } };
const MANIFESTS: JsonObject[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: NAMESPACE }, data: { a: 'b' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, stringData: { a: 'b' } },
  { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate' }, spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
];
const PATHS = [`${APPS}/deployments/web`, `${CORE}/configmaps/web`, `${CORE}/secrets/web`, `${BATCH}/jobs/migrate`];

let controlPlane: ControlPlane;
let kubeconfig: Kubeconfig;
let cluster: KubernetesClient;
let access: string;

beforeAll(async () => {
  kubectl();
  controlPlane = await shareControlPlane();
  const chart = new Chart(new App(), 'access');
  const role = DeployerRole.leastPrivilege({ projectId: 42, environment: 'production', app: 'web', manifests: Yaml.stringify(...MANIFESTS), pullSecret: 'gitlab' });
  new NamespaceDeployer(chart, 'gitlab', { namespace: NAMESPACE, role, createNamespace: true });
  access = Yaml.stringify(...chart.toJson());
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

test('grant gives these rights, and verifies them', async () => {
  const { code, stderr } = await run(controlPlane.kubeconfig, 'grant', 'access.yaml', '--yes', '--file', 'credential');
  expect([code, stderr]).toEqual([0, expect.stringMatching(/may {6}get, create, patch, delete configmaps "web"/)]);
  kubeconfig = Kubeconfig.parse(fileText('credential') ?? '');
  cluster = jobClient(kubeconfig);
});

afterAll(async () => {
  cluster?.close();
  await controlPlane?.stop();
});

function asAdmin(args: string[], stdin?: string): string {
  return runKubectl(controlPlane.kubeconfig, args, stdin);
}

async function run(credential: string, ...argv: string[]): Promise<CliResult> {
  return runCli(argv, { files: { 'access.yaml': access }, variables: { ...CI, KUBECONFIG: credential } });
}

const asJob = async (...argv: string[]) => run(kubeconfig.toBase64(), ...argv);

const forbidden = { exitCode: 3, code: 403 };

test('the deployer applies, reads and deletes the objects of its manifests', async () => {
  for (const [index, path] of PATHS.entries()) {
    await cluster.apply(path, MANIFESTS[index] ?? {}, { dryRun: true });
    await cluster.apply(path, MANIFESTS[index] ?? {});
    await cluster.merge(path, { metadata: { annotations: { a: 'b' } } });
    expect(await cluster.get(path)).toMatchObject({ metadata: { annotations: { a: 'b' } } });
    expect(await cluster.delete(path, { propagation: 'Background' })).toBe(true);
  }
});

test('the deployer creates, changes and deletes its pull secret', async () => {
  const path = `${CORE}/secrets/gitlab`;
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'gitlab' }, type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } };
  await cluster.apply(path, secret);
  await cluster.merge(path, { metadata: { annotations: { a: 'b' } } });
  expect(await cluster.get(path)).toMatchObject({ metadata: { annotations: { a: 'b' } } });
  expect(await cluster.delete(path)).toBe(true);
  await expect(cluster.create(`${CORE}/secrets`, secret)).rejects.toMatchObject(forbidden);
});

test.each<[string, () => Promise<unknown>]>([
  ['create another object of the same kind', async () => cluster.apply(`${CORE}/configmaps/other`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' } })],
  ['create an object without its name in the path', async () => cluster.create(`${CORE}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } })],
  ['create a token of another ServiceAccount', async () => cluster.create(`${CORE}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name: 'stolen', annotations: { 'kubernetes.io/service-account.name': 'default' } },
  })],
  ['read all Secrets', async () => cluster.get(`${CORE}/secrets`)],
  ['read another Secret', async () => cluster.get(`${CORE}/secrets/other`)],
  ['delete the release history', async () => cluster.delete(`${CORE}/secrets/${releaseName(IDENTITY)}`)],
  ['read RBAC objects', async () => cluster.get(`/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/roles`)],
  ['apply another kind', async () => cluster.apply(`${CORE}/services/web`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } })],
  ['read another namespace', async () => cluster.get('/api/v1/namespaces/default/pods')],
])('the deployer may not %s', async (_, action) => {
  await expect(action()).rejects.toMatchObject(forbidden);
});

test.each([
  ['pods', `${CORE}/pods`], ['events', `${CORE}/events`], ['ReplicaSets', `${APPS}/replicasets`], ['the quota', `${CORE}/resourcequotas`],
  ['its namespace', CORE], ['Deployments', `${APPS}/deployments`], ['Jobs', `${BATCH}/jobs`],
])('the deployer may read what a rollout needs: %s', async (_, path) => {
  expect(await cluster.get(path)).toHaveProperty('kind');
});

test('the deployer writes the release history and the lock of the access manifests', async () => {
  const lockOptions = {
    cluster, namespace: NAMESPACE, identity: IDENTITY, holder: 'job', clock: systemClock, signal: new AbortController().signal, maximumWait: 0,
  };
  const lock = new DeployLock(lockOptions);
  await acquireLock(lock, lockOptions);
  const objects: NextObject[] = [{ at: 'web.yaml:1:1', apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'web', value: MANIFESTS[1] ?? {} }];
  const store = new ReleaseStore(cluster, NAMESPACE, IDENTITY, systemClock);
  await store.begin({ job: {}, objects });
  await store.finish('deployed');
  expect((await store.manifests({ number: 1 })).objects).toHaveLength(1);
  expect((await asJob('history', '--app', 'web')).stdout).toMatch(/^1 {8}deployed/m);
  expect(await asJob('status', '--app', 'web')).toMatchObject({ code: 1, stdout: expect.stringMatching(/"job" is deploying[^]*missing {2}ConfigMap web/) });
  await lock.release();
});

test('a second apply of the access manifests keeps the release history', async () => {
  asAdmin(['apply', '--server-side', '-f', '-'], access);
  expect((await asJob('history', '--app', 'web')).stdout).toMatch(/^1 {8}deployed/m);
});

test('the deployer empties the release history, and its Secrets stay', async () => {
  const store = new ReleaseStore(cluster, NAMESPACE, IDENTITY, systemClock);
  await store.remove();
  expect(await store.read()).toBeUndefined();
});

test('verify reports exactly these rights', async () => {
  const { code, stdout, stderr } = await asJob('verify', '--expect', 'access.yaml');
  expect([code, stdout.split('\n').filter((line) => line.startsWith('problem')), stderr]).toEqual([0, [], expect.any(String)]);
});

test('verify reports the missing rights on the pull secret', async () => {
  const name = 'gitlab-least-least-privilege';
  const role = JSON.parse(asAdmin(['-n', NAMESPACE, 'get', 'role', name, '-o', 'json'])) as { rules: Array<{ resourceNames?: string[] }> };
  const rules = role.rules.filter(({ resourceNames = [] }) => !resourceNames.includes('gitlab'));
  asAdmin(['-n', NAMESPACE, 'patch', 'role', name, '--type=merge', '-p', JSON.stringify({ rules })]);
  const { code, stdout } = await asJob('verify', '--expect', 'access.yaml');
  expect([code, stdout]).toEqual([1, expect.stringMatching(/gitlab/)]);
  expect(stdout.split('\n').filter((line) => /gitlab.*denied|denied.*gitlab/.test(line))).not.toEqual([]);
});
