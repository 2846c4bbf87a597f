import { App, Chart, Yaml } from 'cdk8s';
import { DeployerRole, Kubeconfig, NamespaceDeployer } from '../src';
import { configMap, deployment, job, manifests, secret } from './cluster/application';
import { runKubectl } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Deployer } from './cluster/deployer';
import { deploy, release } from './cluster/deploying';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';

jest.setTimeout(120_000);

const namespace = 'least-deploy';
const ALL = [configMap('kept'), configMap('old'), secret('web', { a: 'value' }), deployment('web'), job('once')];

let cluster: ControlPlane;
let deployer: Deployer;

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  const chart = new Chart(new App(), 'access');
  const role = DeployerRole.leastPrivilege({ projectId: 7, environment: 'production', app: 'web', manifests: manifests(...ALL) });
  new NamespaceDeployer(chart, 'gitlab', { namespace, role, createNamespace: true });
  const admin = (...args: string[]) => runKubectl(cluster.kubeconfig, ['-n', namespace, ...args]);
  runKubectl(cluster.kubeconfig, ['apply', '--server-side', '-f', '-'], Yaml.stringify(...chart.toJson()));
  // Its pods ask for nothing that "restricted" would let pass.
  runKubectl(cluster.kubeconfig, ['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=privileged', '--overwrite']);
  const credential = new Kubeconfig({
    server: cluster.server,
    certificateAuthorityData: Buffer.from(cluster.certificateAuthority).toString('base64'),
    namespace,
    token: admin('create', 'token', `gitlab-${namespace}`).trim(),
  });
  deployer = { namespace, kubeconfig: credential.toYaml(), admin, create: () => undefined };
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(() => cluster?.stop());

const ours = { variables: { CI_PROJECT_ID: '7' } };

const run = async (command: string, ...argv: string[]) => release(deployer, ours, command, ...argv);

async function apply(objects: object[], ...argv: string[]) {
  return release(deployer, { ...ours, files: { 'app.yaml': manifests(...objects) } }, 'deploy', 'app.yaml', ...argv);
}

test('a deployer with nothing but what its manifests need deploys them', async () => {
  expect(await apply(ALL)).toMatchObject({ code: 0 });
});

test('replaces a Job, and removes what is gone from them', async () => {
  const { code, stdout } = await apply([configMap('kept'), secret('web', { a: 'value' }), deployment('web'), job('once', { image: 'registry.example.com/web:2' })]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^replaced +Job once[^]*^removed +ConfigMap old$/m) });
});

test('goes back, and removes everything', async () => {
  expect(await run('rollback')).toMatchObject({ code: 0 });
  expect(deployer.admin('get', 'configmaps', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'jsonpath={.items[*].metadata.name}')).toBe('kept old');
  expect(await run('destroy')).toMatchObject({ code: 0 });
  expect(deployer.admin('get', 'configmaps,deployments,jobs', '-l', 'cdk8s-ci-deploy/part-of', '-o', 'name')).toBe('');
});

test('cannot deploy anything else, and is told before anything is written', async () => {
  expect(await apply([configMap('kept'), configMap('other')])).toMatchObject({ code: 3, stderr: expect.stringMatching(/ConfigMap other: .*let an administrator grant this right/) });
  expect(await deploy(deployer, ALL)).toMatchObject({ code: 3 });
});
