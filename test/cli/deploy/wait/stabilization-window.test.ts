import { Finding } from '../../../../src/cli/deploy/wait/diagnosis';
import { StabilizationWindow } from '../../../../src/cli/deploy/wait/stabilization-window';

const object = { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name: 'web', uid: 'u' };
const crash = (workload: string): Finding => ({ problem: { workload, reason: 'Error', message: 'exit code 1' }, grace: 'restarts' });
const status = (ready: boolean, ...findings: Finding[]) => ({ workloads: [{ object, ready, message: '' }], findings });

test('the window is empty without a crash', () => {
  const window = new StabilizationWindow(100);
  expect(window.remaining(status(false), 0)).toBe(Infinity);
  expect(window.remaining(status(true), 10)).toBe(0);
});

test('after a crash the window begins each time all objects become ready', () => {
  const window = new StabilizationWindow(100);
  window.remaining(status(false, crash('Deployment web')), 0);
  expect(window.remaining(status(true), 10)).toBe(100);
  expect(window.remaining(status(true), 50)).toBe(60);
  expect(window.remaining(status(false, crash('Deployment web')), 60)).toBe(Infinity);
  expect(window.remaining(status(true), 70)).toBe(100);
  expect(window.remaining(status(true), 170)).toBe(0);
});

test('a failed pod of a Job does not open the window', () => {
  const window = new StabilizationWindow(100);
  window.remaining(status(false, crash('Job migrate')), 0);
  expect(window.remaining(status(true), 10)).toBe(0);
});
