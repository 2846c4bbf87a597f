import { Finding, patienceFor } from '../../../../src/cli/deploy/wait/diagnosis';
import { GracePeriodTimer } from '../../../../src/cli/deploy/wait/grace-periods';

const LIMITS = { lasting: 3_000, passing: 30_000, unschedulable: 60_000, restarts: 3, steady: 10_000 };

const finding = (patience: Finding['patience'], reason: string = patience, pod?: string): Finding => ({ trouble: { workload: 'Deployment web', pod, container: 'app', reason, message: '' }, patience });

let endurance: GracePeriodTimer;

beforeEach(() => {
  endurance = new GracePeriodTimer(LIMITS);
});

test.each<[Finding['patience'], number]>([
  ['none', 0], ['verdict', 2_000], ['lasting', 3_000], ['passing', 30_000], ['unschedulable', 60_000], ['restarts', Infinity], ['endless', Infinity],
])('%s lasts for %d ms before it is due', (patience, grace) => {
  endurance.note([finding(patience)], 1_000);
  expect(endurance.next()).toBe(1_000 + grace);
  expect(endurance.due(Math.min(1_000 + grace - 1, Number.MAX_SAFE_INTEGER))).toBeUndefined();
  if (grace !== Infinity) expect(endurance.due(1_000 + grace)?.patience).toBe(patience);
});

test('the time runs on when the kubelet says it in other words, or of another pod', () => {
  endurance.note([finding('lasting', 'ErrImagePull', 'web-1')], 0);
  endurance.note([finding('lasting', 'ImagePullBackOff', 'web-2')], 2_000);
  expect(endurance.due(3_000)?.trouble).toMatchObject({ reason: 'ImagePullBackOff', pod: 'web-2' });
});

test('what has healed begins anew', () => {
  endurance.note([finding('lasting')], 0);
  endurance.note([], 2_000);
  endurance.note([finding('lasting')], 2_500);
  expect(endurance.due(3_000)).toBeUndefined();
  expect(endurance.next()).toBe(5_500);
});

test('nothing found, nothing due', () => {
  endurance.note([], 0);
  expect([endurance.due(1e9), endurance.worst(), endurance.next()]).toEqual([undefined, undefined, Infinity]);
});

test('when the time is up, the most telling is the cause: what heals last, and what is known of a pod', () => {
  endurance.note([finding('endless'), finding('unschedulable'), finding('lasting', 'of the workload'), finding('lasting', 'of a pod', 'web-1')], 0);
  expect(endurance.worst()?.trouble.reason).toBe('of a pod');
});

test.each([
  ['not found', 'lasting'],
  ['401 Unauthorized', 'lasting'],
  ['dial tcp: lookup registry.example.com on 10.0.0.1:53: no such host', 'lasting'],
  ['dial tcp: lookup registry.example.com on 10.0.0.1:53: server misbehaving', 'passing'],
  ['dial tcp 203.0.113.1:443: i/o timeout', 'passing'],
  ['net/http: TLS handshake timeout', 'passing'],
  ['502 Bad Gateway', 'passing'],
  ['unexpected EOF', 'passing'],
  ['429 Too Many Requests', 'passing'],
])('%s is %s', (message, patience) => {
  expect(patienceFor(message)).toBe(patience);
});
