import { Finding } from '../../../../src/cli/deploy/wait/diagnosis';
import { StabilizationWindow } from '../../../../src/cli/deploy/wait/stabilization-window';

const object = { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name: 'web', uid: 'u' };
const crash = (workload: string): Finding => ({ trouble: { workload, reason: 'Error', message: 'exit code 1' }, patience: 'restarts' });
const seen = (ready: boolean, ...findings: Finding[]) => ({ workloads: [{ object, ready, words: '' }], findings });

test('what becomes ready is believed at once', () => {
  const steadiness = new StabilizationWindow(100);
  expect(steadiness.left(seen(false), 0)).toBe(Infinity);
  expect(steadiness.left(seen(true), 10)).toBe(0);
});

test('after a crash it must stay ready for a while, from the last time on that it became so', () => {
  const steadiness = new StabilizationWindow(100);
  steadiness.left(seen(false, crash('Deployment web')), 0);
  expect(steadiness.left(seen(true), 10)).toBe(100);
  expect(steadiness.left(seen(true), 50)).toBe(60);
  expect(steadiness.left(seen(false, crash('Deployment web')), 60)).toBe(Infinity);
  expect(steadiness.left(seen(true), 70)).toBe(100);
  expect(steadiness.left(seen(true), 170)).toBe(0);
});

test('the pods of a Job may fail before it completes', () => {
  const steadiness = new StabilizationWindow(100);
  steadiness.left(seen(false, crash('Job migrate')), 0);
  expect(steadiness.left(seen(true), 10)).toBe(0);
});
