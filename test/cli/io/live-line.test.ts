import { fitted, supportsLiveLine } from '../../../src/cli/io/live-line';
import { SafeOutput } from '../../../src/cli/io/safe-output';

const ERASE = '\r\u001b[2K';

test('a text erases the live line before it', () => {
  const written: string[] = [];
  const output = new SafeOutput({ isTTY: true, columns: 20, write: (text) => written.push(text) });
  output.write('one\n');
  output.showLiveLine('waiting');
  output.showLiveLine('waiting for something long');
  output.write('two\n');
  output.write('three\n');
  output.showLiveLine('again');
  output.endLiveLine();
  output.endLiveLine();

  expect(written).toEqual(['one\n', `${ERASE}waiting`, `${ERASE}waiting for someth~`, ERASE, 'two\n', 'three\n', `${ERASE}again`, ERASE]);
});

test.each<[string, boolean, Record<string, string>, boolean]>([
  ['a terminal', true, {}, true],
  ['a file', false, {}, false],
  ['a job', true, { CI: 'true' }, false],
  ['a terminal of a user who wants no colours', true, { NO_COLOR: '1' }, false],
  ['a terminal without control sequences', true, { TERM: 'dumb' }, false],
])('a line on %s changes: %p', (_, isTTY, variables, expected) => {
  expect(supportsLiveLine({ isTTY, write: () => undefined }, variables)).toBe(expected);
});

test('a line that fits stays as it is', () => {
  expect(fitted('x'.repeat(79), { write: () => undefined })).toHaveLength(79);
  expect(fitted('x'.repeat(80), { write: () => undefined })).toBe(`${'x'.repeat(78)}~`);
});
