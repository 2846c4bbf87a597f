import { Finding } from '../../../../src/cli/deploy/wait/diagnosis';
import { GracePeriodTimer } from '../../../../src/cli/deploy/wait/grace-periods';

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
