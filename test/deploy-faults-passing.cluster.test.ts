import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy } from './cluster/deploying';
import { FaultProxy } from './cluster/fault-proxy';
import { answerCut, answering, answerLost, cutBefore, delayed, Fault } from './cluster/faults';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { versionOf } from './soak/application';
import { PHASES, PhaseName, placeIn, refused } from './soak/passing-faults';
import { ReleaseState, stateOf } from './soak/state';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';

jest.setTimeout(120_000);

let cluster: ControlPlane;
let proxy: FaultProxy;
let deployer: Deployer;
const undisturbed: Partial<Record<'a' | 'b', ReleaseState>> = {};
let version: 'a' | 'b' = 'b';

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
  proxy = await FaultProxy.start({ server: cluster.server, ca: cluster.certificateAuthority });
  deployer = makeDeployer({ ...cluster, certificateAuthority: proxy.certificateAuthority }, 'faulty', { server: proxy.url });
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

beforeEach(() => proxy.reset());

afterAll(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

test('undisturbed, one version comes after the other', async () => {
  expect(await deploy(deployer, versionOf('b'))).toMatchObject({ code: 0 });
  for (const next of ['a', 'b'] as const) {
    expect(await deploy(deployer, versionOf(next))).toMatchObject({ code: 0 });
    undisturbed[next] = stateOf(deployer);
    expect(undisturbed[next]).toMatchObject({ outcome: 'deployed', faults: [] });
  }
  expect(Object.keys(undisturbed.a!.objects)).toHaveLength(8);
});

const FAULTS: Array<[string, Fault]> = [
  ['429 with Retry-After', answering(429, { retryAfter: 1 })],
  ['429 without', answering(429)],
  ['503 with Retry-After', answering(503, { retryAfter: 1 })],
  ['503 without', answering(503)],
  ['500: etcdserver: leader changed', answering(500, { message: 'etcdserver: leader changed' })],
  ['502 of a load balancer', answering(502, { html: true })],
  ['a connection that is reset during the request', cutBefore],
  ['a connection that is reset during the answer', answerCut],
  ['an answer that is lost', answerLost],
  ['a slow server', delayed(1_500)],
];

const NAMES = Object.keys(PHASES) as PhaseName[];

test.each(FAULTS)('a deploy survives %s, twice in each of its parts', async (_, fault) => {
  const met = placeIn(proxy, NAMES, fault, 2);
  await expectOther();
  expect(Object.entries(met).filter(([, count]) => count === 0)).toEqual([]);
});

test.each<PhaseName>(['the taking of the Lease', 'the apply', 'the wait'])('%s survives 10 s in which connections are refused', async (phase) => {
  const met = placeIn(proxy, [phase], refused(proxy, 10_000));
  await expectOther();
  expect(met[phase]).toBe(1);
});

/** Deploys the version that is not there, and looks whether it is as if nothing had happened. */
async function expectOther(...options: string[]): Promise<void> {
  version = version === 'a' ? 'b' : 'a';
  expect(await deploy(deployer, versionOf(version), ...options)).toMatchObject({ code: 0 });
  expect(stateOf(deployer)).toEqual(undisturbed[version]);
}
