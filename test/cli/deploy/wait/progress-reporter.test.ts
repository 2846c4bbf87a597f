import { secrets } from '../../../../src/base/secrets';
import { Finding } from '../../../../src/cli/deploy/wait/diagnosis';
import { progressOutput, ProgressReporter } from '../../../../src/cli/deploy/wait/progress-reporter';
import { Progress } from '../../../../src/cli/deploy/wait/rollout';
import { NOT_SEEN } from '../../../../src/cli/deploy/wait/rollout-status';
import { SafeOutput } from '../../../../src/cli/io/safe-output';
import type { CiVariables } from '../../../../src/gitlab/ci-variables';
import { ManualClock } from '../../../support/manual-clock';

const PROGRESS: Progress[] = [
  { workload: 'Deployment web', state: 'waiting', message: '1 of 2 updated replicas are available', ready: 0, total: 2, elapsed: 400 },
  { workload: 'Job migrate', state: 'problem', message: 'pod migrate-1, container app: Error: exit code 1', ready: 0, total: 2, elapsed: 1_234 },
  { workload: 'Deployment web', state: 'ready', message: '2 replicas available', ready: 1, total: 2, elapsed: 61_000 },
];

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly variables?: CiVariables;
  readonly isShared?: boolean;
}

function shown({ isTTY = true, columns, variables = {}, isShared = false }: Terminal, progress: Progress[] = PROGRESS): string {
  let text = '';
  const stderr = new SafeOutput({ isTTY, columns, write: (more) => { text += more; } });
  const output = progressOutput({ output: stderr, clock: new ManualClock(), variables, isShared });
  for (const its of progress) output.show(its);
  output.end();
  return text;
}

test.each<[string, Terminal]>([
  ['without a terminal', { isTTY: false }],
  ['in CI', { variables: { CI: 'true' } }],
  ['with TERM=dumb', { variables: { TERM: 'dumb' } }],
  ['with NO_COLOR', { variables: { NO_COLOR: '1' } }],
  ['when other code writes to the same output', { isShared: true }],
])('the output shows each change in a line of its own %s', (_, terminal) => {
  expect(shown(terminal)).toBe([
    ' 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available',
    ' 1.2 s  0/2 ready  Job migrate, pod migrate-1, container app: Error: exit code 1',
    '  61 s  1/2 ready  Deployment web: 2 replicas available',
    '',
  ].join('\n'));
});

const erase = '\r\u001b[2K';

test('the output changes one line on a terminal, keeps problems above it, and erases it at the end', () => {
  expect(shown({})).toBe([
    `${erase} 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available`,
    `${erase} 1.2 s  0/2 ready  Job migrate, pod migrate-1, container app: Error: exit code 1\n${erase} 0.4 s  0/2 ready  Deployment web: 1 of 2 updated replicas are available`,
    `${erase}  61 s  1/2 ready  Deployment web: 2 replicas available`,
    erase,
  ].join(''));
});

test.each([[undefined, 79], [0, 79], [40, 39], [200, 199], [1, 1]])('a terminal with %p columns gets at most %d characters in the changing line', (columns, expected) => {
  const [line = ''] = shown({ columns }, [{ ...PROGRESS[0]!, message: 'x'.repeat(300) }]).split('\u001b[2K').slice(1);
  expect(line.replace('\r', '')).toHaveLength(expected);
});

test('the changing line escapes characters of unknown width', () => {
  expect(shown({}, [{ ...PROGRESS[0]!, message: 'it is 待\u001b[31m' }])).toBe(`${erase} 0.4 s  0/2 ready  Deployment web: it is \\u5f85\\u001b[31m${erase}`);
});

test('the changing line counts the seconds without further changes', async () => {
  let text = '';
  const clock = new ManualClock();
  const stderr = new SafeOutput({ isTTY: true, write: (more) => { text += more; } });
  const output = progressOutput({ output: stderr, clock, variables: {}, isShared: false });
  output.show(PROGRESS[0]!);
  for (let second = 1; second <= 2; second += 1) {
    clock.pass(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  output.end();
  expect(text.split(erase).map((line) => line.slice(0, 6))).toEqual(['', ' 0.4 s', ' 1.4 s', ' 2.4 s', '']);
  expect(clock.sleeping).toBe(0);
});

describe('the reporter', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name: 'web', uid: 'u' };
  const status = (ready: boolean, message: string) => ({ workloads: [{ object, ready, message }] });
  const crash = (pod: string, reason = 'Error'): Finding => ({ problem: { workload: 'Deployment web', pod, container: 'app', reason, message: 's3cret' }, grace: 'restarts' });

  let told: Progress[];
  let reporter: ProgressReporter;

  beforeEach(() => {
    told = [];
    secrets.add('s3cret');
    reporter = new ProgressReporter((progress) => told.push(progress));
  });

  test('reports an object when its message changes, and only then', () => {
    for (const message of [NOT_SEEN, '0 of 1', '0 of 1', '1 of 1']) reporter.report(status(message === '1 of 1', message), [], 5);
    expect(told).toEqual([
      { workload: 'Deployment web', state: 'waiting', message: '0 of 1', ready: 0, total: 1, elapsed: 5 },
      { workload: 'Deployment web', state: 'ready', message: '1 of 1', ready: 1, total: 1, elapsed: 5 },
    ]);
  });

  test('reports a problem once for each container and reason, masked and without the name of the workload', () => {
    reporter.report(status(false, NOT_SEEN), [crash('web-1'), crash('web-2')], 0);
    reporter.report(status(false, NOT_SEEN), [crash('web-1', 'CrashLoopBackOff')], 0);
    expect(told.map(({ state, message }) => `${state} ${message}`)).toEqual([
      'problem pod web-1, container app: Error: [MASKED]', 'problem pod web-1, container app: CrashLoopBackOff: [MASKED]',
    ]);
  });
});

test('the reporter does not count an object that is not judged', () => {
  const reported: Progress[] = [];
  const object = (name: string) => ({ apiVersion: 'example.com/v1', kind: 'Shop', resource: 'shops', name, uid: name });
  const workloads = [{ object: object('a'), ready: true, message: 'Ready' }, { object: object('b'), ready: true, isUnjudged: true, message: 'not judged: it has no status' }];
  new ProgressReporter((progress) => reported.push(progress)).report({ workloads }, [], 0);
  expect(reported.map(({ workload, state, ready, total }) => `${workload} ${state} ${ready}/${total}`)).toEqual(['Shop a ready 1/1', 'Shop b not judged 1/1']);
});
