/**
 * The difference of two texts as `diff -u` writes it, nothing when there is none.
 *
 * @param names What stands in the two first lines.
 */
export function unifiedDiff(before: string, after: string, names: { readonly before: string; readonly after: string }): string {
  const hunks = hunksOf(edits(linesOf(before), linesOf(after)));
  if (hunks.length === 0) return '';
  return [`--- ${names.before}`, `+++ ${names.after}`, ...hunks.flatMap(hunkLines)].map((line) => `${line}\n`).join('');
}

/** A line with the sign that it has in a diff. A last line without an end is another one than one with. */
interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

interface Hunk {
  /** Of its first line, counted from 0. */
  readonly before: number;
  readonly after: number;
  readonly edits: readonly Edit[];
}

/** Lines that stay, around those that change. */
const AROUND = 3;

/** Comparisons; a generated file is far below. */
const MOST = 25_000_000;

const NO_END = '\n\\ No newline at end of file';

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}${NO_END}`];
}

function edits(before: readonly string[], after: readonly string[]): Edit[] {
  let [start, end] = [0, 0];
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ sign: ' ', line }));
  return [
    ...same(before.slice(0, start)),
    ...between(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** By the longest common subsequence, where that is not too much to look for. */
function between(before: readonly string[], after: readonly string[]): Edit[] {
  const all = (sign: '-' | '+', lines: readonly string[]): Edit[] => lines.map((line) => ({ sign, line }));
  if (before.length * after.length > MOST) return [...all('-', before), ...all('+', after)];
  const length = lengths(before, after);
  const found: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) found.push({ sign: ' ', line: before[i++] ?? '' }), j++;
    else if (length(i + 1, j) >= length(i, j + 1)) found.push({ sign: '-', line: before[i++] ?? '' });
    else found.push({ sign: '+', line: after[j++] ?? '' });
  }
  return [...found, ...all('-', before.slice(i)), ...all('+', after.slice(j))];
}

/** How many lines what follows two places has in common. */
function lengths(before: readonly string[], after: readonly string[]): (i: number, j: number) => number {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}

function hunksOf(all: readonly Edit[]): Hunk[] {
  const hunks: Hunk[] = [];
  const changed = all.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  for (let first = 0; first < changed.length;) {
    let last = first;
    while (last + 1 < changed.length && (changed[last + 1] ?? 0) - (changed[last] ?? 0) <= 2 * AROUND + 1) last++;
    const start = Math.max(0, (changed[first] ?? 0) - AROUND);
    const ahead = all.slice(0, start);
    hunks.push({ before: count(ahead, '-'), after: count(ahead, '+'), edits: all.slice(start, (changed[last] ?? 0) + AROUND + 1) });
    first = last + 1;
  }
  return hunks;
}

function hunkLines({ before, after, edits: lines }: Hunk): string[] {
  return [`@@ -${range(before, count(lines, '-'))} +${range(after, count(lines, '+'))} @@`, ...lines.map(({ sign, line }) => `${sign}${line}`)];
}

/** Of nothing, the line before it is named. */
function range(start: number, length: number): string {
  return `${length === 0 ? start : start + 1}${length === 1 ? '' : `,${length}`}`;
}

function count(lines: readonly Edit[], side: '-' | '+'): number {
  return lines.filter(({ sign }) => sign === ' ' || sign === side).length;
}
