import { runKubectl, tryKubectl } from './cluster';
import { cluster, onKwokOfItsOwn } from './on-kwok';
import { tracesOf } from './traces';

onKwokOfItsOwn();

const asAdmin = (...args: string[]) => runKubectl(cluster.kubeconfig, ['-n', 'default', ...args]);

test('a Deployment rolls out on the simulated node', () => {
  asAdmin('create', 'deployment', 'web', '--image', 'registry.example.com/web:1', '--replicas', '3');
  expect(asAdmin('rollout', 'status', 'deployment/web', '--timeout', '60s')).toContain('successfully rolled out');
  expect(asAdmin('get', 'pods', '-o', 'jsonpath={.items[*].status.phase}')).toBe('Running Running Running');
});

test('a Job completes on the simulated node', () => {
  asAdmin('create', 'job', 'once', '--image', 'registry.example.com/once:1');
  expect(asAdmin('wait', 'job/once', '--for=condition=Complete', '--timeout=60s')).toContain('condition met');
});

test('a pod with the annotation e2e/fault=image-pull stays in ImagePullBackOff', () => {
  asAdmin('run', 'missing', '--image', 'registry.example.com/missing:1', '--annotations', 'e2e/fault=image-pull');
  const reason = '{.status.containerStatuses[0].state.waiting.reason}';
  expect(asAdmin('wait', 'pod/missing', `--for=jsonpath=${reason}=ImagePullBackOff`, '--timeout=60s')).toContain('condition met');
});

test('deleted pods disappear', () => {
  expect(asAdmin('delete', 'deployment', 'web', '--cascade=foreground', '--timeout=60s')).toContain('deleted');
  expect(asAdmin('get', 'pods', '-l', 'app=web', '-o', 'name')).toBe('');
});

test('the controllers go on after a restart of the API server', async () => {
  asAdmin('create', 'deployment', 'later', '--image', 'registry.example.com/web:1');
  await cluster.stopApiServer();
  await cluster.startApiServer();
  asAdmin('scale', 'deployment/later', '--replicas', '2');
  expect(asAdmin('rollout', 'status', 'deployment/later', '--timeout', '60s')).toContain('successfully rolled out');
});

test('the kubectl beside the API server has the version of the API server', () => {
  if (!cluster.kubectl) throw new Error('there is no kubectl beside kube-apiserver, in the folder of KUBEBUILDER_ASSETS');
  const { stdout } = tryKubectl(cluster.kubeconfig, ['version', '-o', 'json'], '', cluster.kubectl);
  const { clientVersion, serverVersion } = JSON.parse(stdout);
  expect(clientVersion.gitVersion).toBe(serverVersion.gitVersion);
});

test('the cluster removes everything when it is stopped', async () => {
  await cluster.stop();
  expect(tracesOf(cluster.folder)).toEqual([]);
});
