import { answerCut, answering, answerLost, cutAfter, cutBefore, delayed, Fault } from './cluster/faults';
import { makeDisturbed, onDisturbedKwok, proxy } from './cluster/on-disturbed-kwok';
import { PHASES, PhaseName, placeIn, refused } from './soak/passing-faults';
import { TwoVersions } from './soak/two-versions';

onDisturbedKwok();

let versions: TwoVersions;

beforeAll(async () => {
  versions = await TwoVersions.deploy(makeDisturbed('faulty'));
});

test('versions are deployed one after the other without faults', () => {
  for (const state of Object.values(versions.undisturbed)) expect(state).toMatchObject({ outcome: 'deployed', faults: [] });
  expect(Object.keys(versions.undisturbed.a.objects)).toHaveLength(8);
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
  ['a connection that is reset after the answer', cutAfter],
  ['an answer that is lost', answerLost],
  ['a slow server', delayed(1_500)],
];

const NAMES = Object.keys(PHASES) as PhaseName[];

test.each(FAULTS)('a deploy survives %s, twice in each of its parts', async (_, fault) => {
  const met = placeIn(proxy, NAMES, fault, 2);
  versions.expectUndisturbed(await versions.other());
  expect(Object.entries(met).filter(([, count]) => count === 0)).toEqual([]);
});

test.each<PhaseName>(['the acquisition of the Lease', 'the apply', 'the wait'])('%s survives 10 s in which connections are refused', async (phase) => {
  const met = placeIn(proxy, [phase], refused(proxy, 10_000));
  versions.expectUndisturbed(await versions.other());
  expect(met[phase]).toBe(1);
});
