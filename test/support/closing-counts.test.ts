import { closingCounts } from './closing-counts.cjs';

function file(testFilePath: string, statuses: string[], testExecError?: Error) {
  return {
    testFilePath,
    testExecError,
    perfStats: { runtime: 31_000 },
    numPassingTests: statuses.filter((status) => status === 'passed').length,
    numFailingTests: statuses.filter((status) => status === 'failed').length,
    testResults: statuses.map((status, index) => ({ status, fullName: `${testFilePath} ${index}` })),
  };
}

test('the reporter prints a line with the time of each kind of test file, unit first, and the names of skipped tests below it', () => {
  const files = [
    file('a.kubectl.test.ts', ['passed', 'failed']),
    file('b.test.ts', ['passed', 'pending', 'todo']),
    file('ci-image.test.ts', ['passed']),
  ];

  expect(closingCounts(files)).toEqual([
    'unit: 2 passed, 0 failed, 2 skipped (1 min 2 s in 2 files)',
    '  skipped: b.test.ts 1',
    '  skipped: b.test.ts 2',
    'kubectl: 1 passed, 1 failed, 0 skipped (31 s in 1 file)',
  ]);
});

test('the reporter counts a file that could not be loaded as a failure', () => {
  expect(closingCounts([file('a.test.ts', [], new Error('no such module'))])).toEqual(['unit: 0 passed, 1 failed, 0 skipped (31 s in 1 file)']);
});

test('the reporter adds the place of the run to each line', () => {
  expect(closingCounts([file('a.test.ts', ['passed'])], 'on Node 24')).toEqual(['unit on Node 24: 1 passed, 0 failed, 0 skipped (31 s in 1 file)']);
});

test('the reporter prints that no test ran', () => {
  expect(closingCounts([])).toEqual(['no test ran']);
});
