import type { JsonObject } from '../../../../src/base/json';
import { secrets } from '../../../../src/base/secrets';
import { HttpError, Unreachable } from '../../../../src/cli/base/failure';
import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { RolloutProblem } from '../../../../src/cli/deploy/wait/diagnosis';
import { collectDiagnostics } from '../../../../src/cli/deploy/wait/diagnostics';
import { NamespaceSnapshot } from '../../../../src/cli/deploy/wait/namespace-snapshot';
import { podIn, warning } from '../../../support/pods';

const PROBLEM: RolloutProblem = { workload: 'Deployment web', pod: 'web-1', container: 'app', reason: 'CrashLoopBackOff', message: 'exit code 1' };
const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', uid: 'uid-web' } } as unknown as JsonObject;
const ENDED = { terminated: { exitCode: 1, reason: 'Error' } };
const CRASHED = podIn({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: ENDED });
const NO_LOG = 'unable to retrieve container logs for containerd://1';

let asked: string[];

interface Answers {
  /** The logs, by whether the previous one is asked for. */
  readonly log?: (previous: boolean) => string;
  readonly namespace?: () => JsonObject;
}

function collect(pod: JsonObject, { log = () => '', namespace = () => ({}) }: Answers = {}, workload: JsonObject | undefined = WEB, events: JsonObject[] = []) {
  asked = [];
  const cluster = {
    text: async (path: string, { previous }: { previous?: string }) => {
      asked.push(`${path}${previous === undefined ? '' : ' previous'}`);
      return log(previous === 'true');
    },
    get: async () => namespace(),
  } as unknown as KubernetesClient;
  secrets.add('s3cret');
  return collectDiagnostics(PROBLEM, workload, { snapshot: new NamespaceSnapshot([pod], events), notes: ['a note'] }, { cluster, namespace: 'example' });
}

const failing = (error: Error) => () => { throw error; };

test.each([
  ['with quotes, in JSON', 'correct "horse" \\ battery', (value: string) => [JSON.stringify({ password: value })]],
  ['in JSON within JSON', 'correct "horse" \\ battery', (value: string) => [JSON.stringify(JSON.stringify({ password: value }))]],
  ['with two lines, and CRLF', 'first of two\nsecond of two', (value: string) => [`is ${value.replace('\n', '\r\n')}\r`]],
  ['with two lines, in JSON', 'first of two\nsecond of two', (value: string) => [JSON.stringify(value)]],
  ['with 800 characters, beyond the longest line', 'longlonglong'.repeat(70), (value: string) => [`${'.'.repeat(390)}${value}`]],
  ['in base64 with line breaks', 'longlonglong'.repeat(20), (value: string) => Buffer.from(value).toString('base64').match(/.{1,76}/g) ?? []],
  ['in colours', 'correct horse', (value: string) => [`\u001b[31m${value.slice(0, 4)}\u001b[0m${value.slice(4)}`]],
])('a log shows no secret %s', async (_, value, log) => {
  secrets.add(value);
  const { log: shown } = await collect(CRASHED, { log: () => ['begin', ...log(value), 'end', ''].join('\n') });
  const text = shown?.lines.join('\n') ?? '';
  expect(text).toContain('[MASKED]');
  expect(text).not.toMatch(/correct|horse|first|second|longlong|bG9uZ2xvbm/);
});

test('the log has the last 20 lines, without colours, escaped and masked', async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const { log, notes } = await collect(CRASHED, { log: () => [...lines, '\u001b[31mred\u001b[0m \u0007', 's3cret', ''].join('\n') });
  expect(log).toEqual({ pod: 'web-1', container: 'app', previous: true, lines: [...lines.slice(-18), 'red \\u0007', '[MASKED]'] });
  expect({ asked, notes }).toEqual({ asked: ['/api/v1/namespaces/example/pods/web-1/log previous'], notes: ['a note'] });
});

test('a long line is shortened to 400 characters', async () => {
  const { log } = await collect(CRASHED, { log: () => 'x'.repeat(1_000) });
  expect(log?.lines).toEqual([`${'x'.repeat(400)}…`]);
});

test('the log of the running container is read when no container has ended', async () => {
  expect((await collect(podIn({ running: {} }), { log: () => 'listening\n' })).log).toEqual({ pod: 'web-1', container: 'app', previous: false, lines: ['listening'] });
  expect(asked).toEqual(['/api/v1/namespaces/example/pods/web-1/log']);
});

test('the log without the option previous is read when the kubelet has deleted the previous one', async () => {
  expect((await collect(CRASHED, { log: (previous) => (previous ? NO_LOG : 'why\n') })).log?.lines).toEqual(['why']);
  expect(asked).toHaveLength(2);
});

test.each<[string, () => string, string]>([
  ['its node has deleted it', () => NO_LOG, 'the log of pod web-1 is missing: its node has already deleted it'],
  ['the credential may not read it', failing(new HttpError('no', 403)), 'the credential may not read the log of pod web-1'],
  ['the server does not answer', failing(new Unreachable('s3cret is away')), 'the log of pod web-1 cannot be read: [MASKED] is away'],
])('a note gives the reason for a missing log when %s', async (_, log, note) => {
  const { log: shown, notes } = await collect(CRASHED, { log });
  expect({ shown, notes }).toEqual({ shown: undefined, notes: ['a note', note] });
});

test.each<[string, object, object]>([
  ['was never started', { waiting: { reason: 'ContainerCreating' } }, {}],
  ['could not start', { waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated: { exitCode: 128, reason: 'StartError' } } }],
])('no log is read of a container that %s', async (_, state, status) => {
  expect((await collect(podIn(state, status))).log).toBeUndefined();
  expect(asked).toEqual([]);
});

test('the events are the latest eight of the workload and the pod, oldest first', async () => {
  const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
  const events = Array.from({ length: 10 }, (_, index) => warning(index % 2 === 0 ? 'uid-web' : 'uid-web-1', `Reason${index}`, 's3cret', at(index)));
  const { events: shown } = await collect(CRASHED, {}, WEB, [...events.reverse(), warning('uid-other', 'Other', 'no', at(11))]);
  expect(shown.map(({ reason }) => reason)).toEqual(['Reason2', 'Reason3', 'Reason4', 'Reason5', 'Reason6', 'Reason7', 'Reason8', 'Reason9']);
  expect(shown[0]).toEqual({ object: 'Pod web-1', reason: 'Reason2', message: '[MASKED]', count: 1, at: at(2) });
});

const terminating = { metadata: { name: 'example', deletionTimestamp: '2026-01-01T00:00:00Z' } } as unknown as JsonObject;

test.each<[string, () => JsonObject, string]>([
  ['the namespace is being deleted', () => terminating, 'NamespaceTerminating: the namespace example is being deleted'],
  ['the namespace is gone', failing(new HttpError('no', 404)), 'NamespaceTerminating: the namespace example is being deleted'],
  ['the namespace still exists', () => ({ metadata: { name: 'example' } }), 'CrashLoopBackOff: exit code 1'],
  ['the credential may not read the namespace', failing(new HttpError('no', 403)), 'CrashLoopBackOff: exit code 1'],
])('the cause of a deleted workload is right when %s', async (_, namespace, reason) => {
  const { cause } = await collectDeleted(namespace);
  expect(cause?.line).toBe(`Deployment web, pod web-1, container app: ${reason}`);
});

async function collectDeleted(namespace: () => JsonObject) {
  const cluster = { text: async () => '', get: async () => namespace() } as unknown as KubernetesClient;
  const watched = { snapshot: new NamespaceSnapshot([], []), notes: [] };
  return collectDiagnostics(PROBLEM, undefined, watched, { cluster, namespace: 'example' });
}
