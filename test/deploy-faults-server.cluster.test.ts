import { configMap } from './cluster/application';
import { askKubectl } from './cluster/ask-kubectl';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Deployer, makeDeployer } from './cluster/deployer';
import { FaultProxy } from './cluster/fault-proxy';
import { answering, Fault } from './cluster/faults';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { versionOf } from './soak/application';
import { fastClock, JobOptions, JobResult, runJob } from './soak/jobs';
import { isIn, PhaseName, placeIn } from './soak/passing-faults';
import { ReleaseState, stateOf } from './soak/state';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { releaseName } from '../src/private/release-names';

jest.setTimeout(180_000);

const NAME = releaseName({ project: 'local', environment: 'production', app: 'web' });

let cluster: ControlPlane;
let proxy: FaultProxy;
let deployer: Deployer;
const undisturbed: Partial<Record<'a' | 'b', ReleaseState>> = {};
let version: 'a' | 'b' = 'b';

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  proxy = await FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
  deployer = makeDeployer({ ...cluster, certificateAuthority: proxy.certificateAuthority }, 'disturbed', { server: proxy.url });
  for (const next of ['b', 'a', 'b'] as const) {
    expect(await deploy(next)).toMatchObject({ code: 0 });
    undisturbed[next] = stateOf(deployer);
  }
}, FETCH_TIMEOUT + COMPILE_TIMEOUT + 60_000);

beforeEach(() => proxy.reset());

afterAll(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

async function deploy(next: 'a' | 'b', options: Partial<JobOptions> = {}): Promise<JobResult> {
  return runJob({ kubeconfig: deployer.kubeconfig, objects: versionOf(next), ...options });
}

/** Deploys the version that is not there, and looks whether it is as if nothing had happened. */
async function expectOther(): Promise<JobResult> {
  version = version === 'a' ? 'b' : 'a';
  const result = await deploy(version);
  expect(result).toEqual({ code: 0, stdout: expect.anything(), stderr: expect.anything() });
  expect(stateOf(deployer)).toEqual(undisturbed[version]);
  return result;
}

/** What somebody else does right before a request arrives. */
const meanwhile = (...args: string[]): Fault => async (exchange) => {
  const { status, stderr } = await askKubectl(cluster.kubeconfig, ['-n', deployer.namespace, ...args]);
  if (status !== 0) throw new Error(stderr);
  await exchange.pass();
};

test.each<PhaseName>(['the dry run', 'the apply', 'the wait'])('%s survives an API server that is killed and started again', async (phase) => {
  const met = placeIn(proxy, [phase], async (exchange) => {
    await cluster.stopApiServer();
    exchange.cut();
    await cluster.startApiServer();
  });
  await expectOther();
  expect(met[phase]).toBe(1);
});

test.each<[string, PhaseName, (before: 'a' | 'b') => string[]]>([
  ['a label on the record', 'the record ahead', () => ['label', 'secret', NAME, '--overwrite', 'backup=first']],
  ['a label on the record', 'the record in the end', () => ['label', 'secret', NAME, '--overwrite', 'backup=second']],
  ['a label on the Lease', 'the taking of the Lease', () => ['label', 'lease', NAME, '--overwrite', 'backup=first']],
  ['a label on the Lease', 'the giving back of the Lease', () => ['label', 'lease', NAME, '--overwrite', 'backup=second']],
  ['an object that was deleted', 'the apply', () => ['delete', 'configmap', 'changed']],
  ['an object that was deleted', 'the pruning', (before) => ['delete', 'configmap', `only-${before}`]],
])('%s in the meantime, at %s, changes nothing of the result', async (_, phase, args) => {
  const met = placeIn(proxy, [phase], meanwhile(...args(version)));
  await expectOther();
  expect(met[phase]).toBe(1);
});

test('a field that somebody else has changed in the meantime is theirs, unless it is taken', async () => {
  placeIn(proxy, ['the apply'], meanwhile('patch', 'configmap', 'changed', '-p', '{"data":{"version":"c"}}', '--field-manager', 'somebody'));
  version = version === 'a' ? 'b' : 'a';
  expect(await deploy(version)).toMatchObject({ code: 1, stderr: expect.stringContaining('changes were made') });
  proxy.reset();
  expect(await deploy(version)).toMatchObject({ code: 1, stderr: expect.stringContaining('ConfigMap changed: "somebody" manages .data.version') });
  expect(await deploy(version, { options: ['--force-conflicts'] })).toMatchObject({ code: 0 });
  expect(stateOf(deployer)).toEqual(undisturbed[version]);
});

test('an object that has become another\'s before it is pruned is left', async () => {
  const pruned = `only-${version}`;
  placeIn(proxy, ['the pruning'], async (exchange) => {
    await askKubectl(cluster.kubeconfig, ['-n', deployer.namespace, 'delete', 'configmap', 'only-a', 'only-b', '--ignore-not-found']);
    await askKubectl(cluster.kubeconfig, ['-n', deployer.namespace, 'create', '-f', '-'], { stdin: JSON.stringify(configMap(pruned)) });
    await exchange.pass();
  });
  version = version === 'a' ? 'b' : 'a';
  await deploy(version);
  expect(deployer.admin('get', 'configmap', pruned, '-o', 'name')).toBe(`configmap/${pruned}\n`);
  deployer.admin('delete', 'configmap', pruned);
  proxy.reset();
  expect(await deploy(version)).toMatchObject({ code: 0 });
  expect(stateOf(deployer)).toEqual(undisturbed[version]);
});

test.each(['--no-rollback-on-failure', '--rollback-on-failure'])('a token that expires half-way ends it with 3, and the next run makes up for it (%s)', async (option) => {
  let isExpired = false;
  proxy.place((exchange) => {
    isExpired ||= isIn('the apply', proxy.requests);
    return isExpired ? answering(401, { message: 'Unauthorized' })(exchange) : exchange.pass();
  }, { times: Infinity });
  version = version === 'a' ? 'b' : 'a';
  const { code, stderr } = await deploy(version, { options: [option] });
  expect({ code, stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(new RegExp([
      /\d of \d+ changes were made.*; the credential is no longer accepted \(401\), so the release is neither undone nor recorded as failed\n/,
      /renew the credential, then run `cdk8s-ci-deploy deploy` again, which takes over from here, or `cdk8s-ci-deploy rollback`, which puts release \d+ back\n/,
      /cdk8s-ci-deploy: [^\n]* 401: [^\n]*\n$/,
    ].map(({ source }) => source).join(''))),
  });
  expect(stderr.match(/the API server says 401/g)).toHaveLength(1);
  proxy.reset();
  expect(await deploy(version, { clock: fastClock(3) })).toMatchObject({ code: 0 });
  expect(stateOf(deployer)).toEqual(undisturbed[version]);
});
