import { progressOutput } from '../../../../src/cli/deploy/wait/progress';
import { resultLines } from '../../../../src/cli/deploy/wait/result-lines';
import { Progress, RolloutResult } from '../../../../src/cli/deploy/wait/rollout';
import type { CiVariables } from '../../../../src/gitlab/ci-variables';
import { ManualClock } from '../../../support/manual-clock';

const PROGRESS: Progress[] = [
  { workload: 'Deployment web', state: 'waiting', words: '1 of 2 updated replicas are available', ready: 0, total: 2, elapsed: 400 },
  { workload: 'Job migrate', state: 'trouble', words: 'pod migrate-1, container app: Error: exit code 1', ready: 0, total: 2, elapsed: 1_234 },
  { workload: 'Deployment web', state: 'ready', words: '2 replicas available', ready: 1, total: 2, elapsed: 61_000 },
];

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly variables?: CiVariables;
  readonly isShared?: boolean;
}

function shown({ isTTY = true, columns, variables = {}, isShared = false }: Terminal, progress: Progress[] = PROGRESS): string {
  let text = '';
  const output = progressOutput({ output: { isTTY, columns, write: (more) => { text += more; } }, clock: new ManualClock(), variables, isShared });
  for (const its of progress) output.show(its);
  output.end();
  return text;
}

test.each<[string, Terminal]>([
  ['where there is no terminal', { isTTY: false }],
  ['in CI', { variables: { CI: 'true' } }],
  ['on a terminal that can only print', { variables: { TERM: 'dumb' } }],
  ['where no colours are wanted', { variables: { NO_COLOR: '1' } }],
  ['when more is written at the same time', { isShared: true }],
])('%s, each change is a line', (_, terminal) => {
  expect(shown(terminal)).toBe([
    ' 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available',
    ' 1.2 s  0/2 ready  Job migrate, pod migrate-1, container app: Error: exit code 1',
    '  61 s  1/2 ready  Deployment web: 2 replicas available',
    '',
  ].join('\n'));
});

const erase = '\r\u001b[2K';

test('on a terminal one line changes, troubles stay above it, and nothing of it is left', () => {
  expect(shown({})).toBe([
    `${erase} 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available`,
    `${erase} 1.2 s  0/2 ready  Job migrate, pod migrate-1, container app: Error: exit code 1\n${erase} 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available`,
    `${erase}  61 s  1/2 ready  Deployment web: 2 replicas available`,
    erase,
  ].join(''));
});

test.each([[undefined, 79], [0, 79], [40, 39], [200, 199], [1, 1]])('in a terminal of %p columns, the line has at most %d characters', (columns, expected) => {
  const [line = ''] = shown({ columns }, [{ ...PROGRESS[0]!, words: 'x'.repeat(300) }]).split('\u001b[2K').slice(1);
  expect(line.replace('\r', '')).toHaveLength(expected);
});

test('letters of unknown width are escaped in it', () => {
  expect(shown({}, [{ ...PROGRESS[0]!, words: 'it is 待\u001b[31m' }])).toBe(`${erase} 0.4 s  0/2 ready  Deployment web: it is \\u5f85\\u001b[31m${erase}`);
});

test('time goes on in it', async () => {
  let text = '';
  const clock = new ManualClock();
  const output = progressOutput({ output: { isTTY: true, write: (more) => { text += more; } }, clock, variables: {}, isShared: false });
  output.show(PROGRESS[0]!);
  for (let second = 1; second <= 2; second += 1) {
    clock.pass(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  output.end();
  expect(text.split(erase).map((line) => line.slice(0, 6))).toEqual(['', ' 0.4 s', ' 1.4 s', ' 2.4 s', '']);
  expect(clock.sleeping).toBe(0);
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
