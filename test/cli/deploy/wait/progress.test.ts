import { progressOutput } from '../../../../src/cli/deploy/wait/progress';
import { resultLines } from '../../../../src/cli/deploy/wait/result-lines';
import { Progress, RolloutResult } from '../../../../src/cli/deploy/wait/rollout';

const PROGRESS: Progress[] = [
  { workload: 'Deployment web', state: 'waiting', words: '1 of 2 updated replicas are available', ready: 0, total: 2, elapsed: 400 },
  { workload: 'Job migrate', state: 'trouble', words: 'pod migrate-1, container app: Error: exit code 1', ready: 0, total: 2, elapsed: 1_234 },
  { workload: 'Deployment web', state: 'ready', words: '2 replicas available', ready: 1, total: 2, elapsed: 61_000 },
];

function shown(isTTY: boolean, progress: Progress[] = PROGRESS): string {
  let text = '';
  const output = progressOutput({ isTTY, write: (more) => { text += more; } });
  for (const its of progress) output.show(its);
  output.end();
  return text;
}

test('in CI, each change is a line', () => {
  expect(shown(false)).toBe([
    ' 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available',
    ' 1.2 s  0/2 ready  Job migrate, pod migrate-1, container app: Error: exit code 1',
    '  61 s  1/2 ready  Deployment web: 2 replicas available',
    '',
  ].join('\n'));
});

test('on a terminal one line changes, troubles stay above it, and nothing of it is left', () => {
  const erase = '\r\u001b[2K';
  expect(shown(true)).toBe([
    `${erase} 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available`,
    `${erase} 1.2 s  0/2 ready  Job migrate, pod migrate-1, container app: Error: exit code 1\n 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available`,
    `${erase}  61 s  1/2 ready  Deployment web: 2 replicas available`,
    erase,
  ].join(''));
});

test('a line that changes is no longer than a terminal is wide', () => {
  const [line = ''] = shown(true, [{ ...PROGRESS[0]!, words: 'x'.repeat(200) }]).split('\u001b[2K').slice(1);
  expect(line.replace('\r', '')).toHaveLength(79);
});

const object = (kind: string, name: string) => ({ apiVersion: 'apps/v1', kind, resource: `${kind.toLowerCase()}s`, name, uid: `uid-${name}` });

const FAILED: RolloutResult = {
  outcome: 'failed',
  elapsed: 12_345,
  workloads: [
    { object: object('Deployment', 'web'), ready: false, words: '0 of 1 updated replicas are available' },
    { object: object('StatefulSet', 'db'), ready: false, words: '0 of 1 replicas are available' },
    { object: object('Job', 'once'), ready: true, words: 'complete' },
  ],
  cause: { workload: 'Deployment web', pod: 'web-1', reason: 'CrashLoopBackOff', message: 'exit code 1', line: 'Deployment web, pod web-1, container app: CrashLoopBackOff: exit code 1' },
  log: { pod: 'web-1', container: 'app', previous: true, lines: ['starting', 'no configuration'] },
  events: [{ object: 'Pod web-1', reason: 'BackOff', message: 'Back-off restarting failed container', count: 4, at: '2026-01-01T12:34:56Z' }],
  notes: ['events in example may not be watched, so what they say is missing here'],
};

test('a failure is one line, and below it what it is believed for', () => {
  expect(resultLines(FAILED)).toEqual([
    'failed after 12 s: Deployment web, pod web-1, container app: CrashLoopBackOff: exit code 1',
    '  the last lines of container app of pod web-1, before it was restarted:',
    '    | starting',
    '    | no configuration',
    '  events:',
    '    12:34:56 Pod web-1 BackOff: Back-off restarting failed container (4 times)',
    '  not ready either:',
    '    StatefulSet db: 0 of 1 replicas are available',
    '  events in example may not be watched, so what they say is missing here',
  ]);
});

test('an empty log, the end of the time, and success', () => {
  expect(resultLines({ ...FAILED, log: { pod: 'web-1', container: 'app', previous: false, lines: [] } })).toContain('  nothing in the log of container app of pod web-1');
  expect(resultLines({ ...FAILED, outcome: 'timed out', elapsed: 60_000 })[0]).toMatch(/^not ready within 60 s: Deployment web, /);
  expect(resultLines({ ...FAILED, outcome: 'ready', elapsed: 700 })).toEqual(['ready after 0.7 s: Deployment web, StatefulSet db, Job once']);
  expect(resultLines({ ...FAILED, outcome: 'ready', elapsed: 0, workloads: [] })).toEqual(['ready after 0 s: nothing to wait for']);
});
