/** Lines around a change. */
const CONTEXT = 3;

/**
 * The difference of two texts, as `diff -u` prints it; empty when they are equal.
 */
export function unifiedDifference(before: string, after: string): string {
  const lines = changedLines(before.split('\n'), after.split('\n'));
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(([mark]) => mark !== ' '));
  return lines.flatMap(([mark, line], at) => [...near[at] && !near[at - 1] && at > 0 ? ['@@'] : [], ...near[at] ? [`${mark} ${line}`] : []]).join('\n');
}

type Line = readonly [mark: ' ' | '-' | '+', line: string];

/** By the longest common subsequence. */
function changedLines(before: readonly string[], after: readonly string[]): Line[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const length = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const longest = before[row] === after[column] ? length(row + 1, column + 1) + 1 : Math.max(length(row + 1, column), length(row, column + 1));
      (lengths[row] as Uint32Array)[column] = longest;
    }
  }
  const lines: Line[] = [];
  for (let row = 0, column = 0; row < before.length || column < after.length;) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      lines.push([' ', before[row] ?? '']);
      row += 1;
      column += 1;
    } else if (row < before.length && (column === after.length || length(row + 1, column) >= length(row, column + 1))) {
      lines.push(['-', before[row] ?? '']);
      row += 1;
    } else {
      lines.push(['+', after[column] ?? '']);
      column += 1;
    }
  }
  return lines;
}
