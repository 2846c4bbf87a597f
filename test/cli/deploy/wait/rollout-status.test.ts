import type { JsonObject } from '../../../../src/base/json';
import { Finding } from '../../../../src/cli/deploy/wait/diagnosis';
import { NamespaceSnapshot } from '../../../../src/cli/deploy/wait/namespace-snapshot';
import { isWaitedFor, WaitedObject } from '../../../../src/cli/deploy/wait/rollout';
import { NOT_SEEN, rolloutStatus, RolloutStatus, StabilizationWindow } from '../../../../src/cli/deploy/wait/rollout-status';

const NOW = Date.UTC(2026, 0, 1);
const SHOP: WaitedObject = { apiVersion: 'example.com/v1', kind: 'Shop', resource: 'shops', name: 'one', uid: 'u' };

function status(live: JsonObject | 'deleted' | undefined, elapsed = 0): RolloutStatus {
  return rolloutStatus([SHOP], { live: () => live, snapshot: new NamespaceSnapshot([], []), restarts: 3, now: NOW, elapsed });
}

const shop = (uid: string, age: number): JsonObject => ({
  apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one', uid, creationTimestamp: new Date(NOW - age).toISOString() },
});

test('an object is not ready before the watch has shown it', () => {
  expect(status(undefined)).toMatchObject({ workloads: [{ object: SHOP, ready: false, message: NOT_SEEN }], findings: [], validFor: Infinity });
});

test.each([
  ['Deleted', 'deleted' as const],
  ['Replaced', shop('other', 0)],
])('an object that somebody deleted has the problem %s without a grace period', (reason, live) => {
  const { workloads, findings } = status(live);
  expect(workloads[0]?.ready).toBe(false);
  expect(findings).toEqual([{ grace: 'none', problem: { workload: 'Shop one', reason, message: expect.stringMatching(/^somebody deleted it/) } }]);
});

test('a new custom resource without a status is not ready for 2 seconds, and not judged afterwards', () => {
  expect(status(shop('u', 0), 500)).toMatchObject({ workloads: [{ ready: false, message: 'its controller has not written a status yet' }], validFor: 1_500 });
  expect(status(shop('u', 0), 2_000)).toMatchObject({ workloads: [{ ready: true, isUnjudged: true }], validFor: Infinity });
});

test('an old custom resource without a status is not judged at once', () => {
  expect(status(shop('u', 60_000), 0)).toMatchObject({ workloads: [{ ready: true, isUnjudged: true }], findings: [] });
});

describe('a changed custom resource', () => {
  const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
  const stalled = { conditions: [{ type: 'Stalled', status: 'True', reason: 'Broken' }] };
  const changed = (statusBefore: JsonObject, now: JsonObject, elapsed: number) => rolloutStatus(
    [{ ...SHOP, statusBefore }], { live: () => ({ ...shop('u', 60_000), status: now }), snapshot: new NamespaceSnapshot([], []), restarts: 3, now: NOW, elapsed });

  test('is not ready while its status is the one from before, and not judged after 10 seconds', () => {
    expect(changed(ready, ready, 1_000)).toMatchObject({
      workloads: [{ ready: false, message: 'its controller has not written its status since the change' }], findings: [], validFor: 9_000,
    });
    expect(changed(ready, ready, 10_000)).toMatchObject({ workloads: [{ ready: true, isUnjudged: true, message: expect.stringMatching(/^not judged: its controller does not write/) }] });
  });

  test('does not fail by a status from before, until 10 seconds are over', () => {
    expect(changed(stalled, stalled, 1_000)).toMatchObject({ workloads: [{ ready: false }], findings: [] });
    expect(changed(stalled, stalled, 10_000)).toMatchObject({ workloads: [{ ready: false }], findings: [{ problem: { reason: 'Broken' } }] });
  });

  test('is judged at once by a status that was written since, or that has its generation', () => {
    expect(changed(stalled, ready, 0)).toMatchObject({ workloads: [{ ready: true, message: 'Ready' }] });
    expect(changed(ready, stalled, 0)).toMatchObject({ workloads: [{ ready: false }], findings: [{ grace: 'permanent', problem: { reason: 'Broken' } }] });
    const observed = { observedGeneration: 5, ...ready };
    expect(changed(observed, observed, 0)).toMatchObject({ workloads: [{ ready: true, message: 'Ready' }] });
  });
});

test.each([
  ['apps/v1', 'Deployment', true],
  ['batch/v1', 'Job', true],
  ['example.com/v1', 'Shop', true],
  ['v1', 'ConfigMap', false],
  ['batch/v1', 'CronJob', false],
])('%s %s is waited for: %p', (apiVersion, kind, expected) => {
  expect(isWaitedFor({ apiVersion, kind })).toBe(expected);
});

const web = { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name: 'web', uid: 'u' };
const crash = (workload: string): Finding => ({ problem: { workload, reason: 'Error', message: 'exit code 1' }, grace: 'restarts' });
const statusOf = (ready: boolean, ...findings: Finding[]) => ({ workloads: [{ object: web, ready, message: '' }], findings });

test('the window is empty without a crash', () => {
  const window = new StabilizationWindow(100);
  expect(window.remaining(statusOf(false), 0)).toBe(Infinity);
  expect(window.remaining(statusOf(true), 10)).toBe(0);
});

test('after a crash the window begins each time all objects become ready', () => {
  const window = new StabilizationWindow(100);
  window.remaining(statusOf(false, crash('Deployment web')), 0);
  expect(window.remaining(statusOf(true), 10)).toBe(100);
  expect(window.remaining(statusOf(true), 50)).toBe(60);
  expect(window.remaining(statusOf(false, crash('Deployment web')), 60)).toBe(Infinity);
  expect(window.remaining(statusOf(true), 70)).toBe(100);
  expect(window.remaining(statusOf(true), 170)).toBe(0);
});

test('a failed pod of a Job does not open the window', () => {
  const window = new StabilizationWindow(100);
  window.remaining(statusOf(false, crash('Job migrate')), 0);
  expect(window.remaining(statusOf(true), 10)).toBe(0);
});
