import fc from 'fast-check';
import { unifiedDiff } from '../../../src/cli/pipeline/file-state';

const NAMES = { before: 'a', after: 'b' };
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');

test('equal texts have no diff', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n', NAMES)).toBe('');
});

test('a hunk has three lines around a change, and joins changes that are near each other', () => {
  expect(unifiedDiff(numbered(30), numbered(30).replace('5\n', '5a\n').replace('\n12\n', '\n').replace('\n25\n', '\n25\nx\n'), NAMES)).toBe([
    '--- a', '+++ b',
    '@@ -2,14 +2,13 @@', ' 2', ' 3', ' 4', '-5', '+5a', ' 6', ' 7', ' 8', ' 9', ' 10', ' 11', '-12', ' 13', ' 14', ' 15',
    '@@ -23,6 +22,7 @@', ' 23', ' 24', ' 25', '+x', ' 26', ' 27', ' 28',
    '',
  ].join('\n'));
});

test.each<[string, string, string, string[]]>([
  ['a text for an empty one', '', 'a\n', ['@@ -0,0 +1,1 @@', '+a']],
  ['an empty text for another', 'a\nb\n', '', ['@@ -1,2 +0,0 @@', '-a', '-b']],
  ['a last line without an end', 'a\nb', 'a\nb\n', ['@@ -1,2 +1,2 @@', ' a', '-b', '\\ No newline at end of file', '+b']],
])('a hunk shows %s', (_, before, after, expected) => {
  expect(unifiedDiff(before, after, NAMES).split('\n').slice(2, -1)).toEqual(expected);
});

test('a patch of the old text makes the new one', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 40 }).map((lines) => lines.map((line) => `${line}\n`).join(''));
  fc.assert(fc.property(text, text, (before, after) => {
    expect(patched(before, unifiedDiff(before, after, NAMES))).toBe(after);
  }));
});

test('more than 2000 changed lines are replaced as a whole', () => {
  const [before, after] = ['a', 'b'].map((letter) => numbered(1500).replaceAll('\n', `${letter}\n`)) as [string, string];
  const diff = unifiedDiff(before, `${after}end`, NAMES);

  expect(diff).toMatch(/^--- a\n\+\+\+ b\n@@ -1,1500 \+1,1501 @@\n-1a\n-2a\n[^]*\+1500b\n\+end\n\\ No newline at end of file\n$/);
  expect(patched(before, unifiedDiff(before, after, NAMES))).toBe(after);
});

/** Does what `patch` does. */
function patched(before: string, diff: string): string {
  const [rest, out] = [before.split('\n').slice(0, -1), [] as string[]];
  let taken = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const [, start, length = '1'] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? [];
    if (start !== undefined) {
      while (taken < Number(start) - (length === '0' ? 0 : 1)) out.push(rest[taken++]!);
    } else if (line.startsWith('+')) {
      out.push(line.slice(1));
    } else {
      expect(rest[taken++]).toBe(line.slice(1));
      if (line.startsWith(' ')) out.push(line.slice(1));
    }
  }
  return [...out, ...rest.slice(taken)].map((line) => `${line}\n`).join('');
}
