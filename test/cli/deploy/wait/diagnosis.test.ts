import { secrets } from '../../../../src/base/secrets';
import { causeOf, Finding, graceFor, GracePeriodTimer } from '../../../../src/cli/deploy/wait/diagnosis';

const problem = { workload: 'Deployment web', pod: 'web-1', container: 'app', image: 'example.com/web:1', reason: 'ErrImagePull', message: 'not found' };

test.each([
  [problem, 'Deployment web, pod web-1, container app, image example.com/web:1: ErrImagePull: not found'],
  [{ workload: 'Job once', reason: 'DeadlineExceeded', message: '' }, 'Job once: DeadlineExceeded'],
  [{ ...problem, image: undefined, message: ' two\nlines \u001b[2J' }, 'Deployment web, pod web-1, container app: ErrImagePull: two\\u000alines \\u001b[2J'],
])('a cause has one line: %#', (given, line) => {
  expect(causeOf(given).line).toBe(line);
});

test('a cause keeps letters of every script, and escapes marks that change the direction of text', () => {
  expect(causeOf({ ...problem, message: 'nicht verfügbar: 見つかりません \u202eevil' }).message).toBe('nicht verfügbar: 見つかりません \\u202eevil');
});

test('a cause masks secrets in all of its texts', () => {
  secrets.add('s3cret');
  const cause = causeOf({ ...problem, pod: 'web-s3cret', message: 'https://ci:s3cret@example.com: denied' });
  expect(JSON.stringify(cause)).not.toContain('s3cret');
  expect(cause.line).toContain('https://ci:[MASKED]@example.com: denied');
});

test('a cause shortens a long message', () => {
  expect(causeOf({ ...problem, message: 'x'.repeat(10_000) }).line.length).toBeLessThan(800);
});

test.each([
  ['not found', 'permanent'],
  ['401 Unauthorized', 'permanent'],
  ['dial tcp: lookup registry.example.com on 10.0.0.1:53: no such host', 'permanent'],
  ['dial tcp: lookup registry.example.com on 10.0.0.1:53: server misbehaving', 'temporary'],
  ['dial tcp 203.0.113.1:443: i/o timeout', 'temporary'],
  ['net/http: TLS handshake timeout', 'temporary'],
  ['502 Bad Gateway', 'temporary'],
  ['unexpected EOF', 'temporary'],
  ['429 Too Many Requests', 'temporary'],
])('the message "%s" is a %s error', (message, grace) => {
  expect(graceFor(message)).toBe(grace);
});

const LIMITS = { permanent: 3_000, temporary: 30_000, unschedulable: 60_000, restarts: 3, stabilization: 10_000 };

const finding = (grace: Finding['grace'], reason: string = grace, pod?: string): Finding => ({ problem: { workload: 'Deployment web', pod, container: 'app', reason, message: '' }, grace });

let timer: GracePeriodTimer;

beforeEach(() => {
  timer = new GracePeriodTimer(LIMITS);
});

test.each<[Finding['grace'], number]>([
  ['none', 0], ['diagnosing', 2_000], ['permanent', 3_000], ['temporary', 30_000], ['unschedulable', 60_000], ['restarts', Infinity], ['timeout', Infinity],
])('a finding with the grace "%s" expires after %d ms', (grace, length) => {
  timer.update([finding(grace)], 1_000);
  expect(timer.nextEnd()).toBe(1_000 + length);
  expect(timer.expired(Math.min(1_000 + length - 1, Number.MAX_SAFE_INTEGER))).toBeUndefined();
  if (length !== Infinity) expect(timer.expired(1_000 + length)?.grace).toBe(grace);
});

test('the time of a problem goes on when its reason or its pod changes', () => {
  timer.update([finding('permanent', 'ErrImagePull', 'web-1')], 0);
  timer.update([finding('permanent', 'ImagePullBackOff', 'web-2')], 2_000);
  expect(timer.expired(3_000)?.problem).toMatchObject({ reason: 'ImagePullBackOff', pod: 'web-2' });
});

test('the time of a problem starts again after the problem was gone', () => {
  timer.update([finding('permanent')], 0);
  timer.update([], 2_000);
  timer.update([finding('permanent')], 2_500);
  expect(timer.expired(3_000)).toBeUndefined();
  expect(timer.nextEnd()).toBe(5_500);
});

test('without findings nothing expires', () => {
  timer.update([], 0);
  expect([timer.expired(1e9), timer.main(), timer.nextEnd()]).toEqual([undefined, undefined, Infinity]);
});

test('the main finding has the shortest grace period, and names a pod if one is known', () => {
  timer.update([finding('timeout'), finding('unschedulable'), finding('permanent', 'of the workload'), finding('permanent', 'of a pod', 'web-1')], 0);
  expect(timer.main()?.problem.reason).toBe('of a pod');
});
