import { diffArrays } from 'diff';

/** Lines around a change. */
const CONTEXT = 3;

/**
 * The difference of two texts in the format of `diff -u`. Empty for equal texts.
 */
export function unifiedDifference(before: string, after: string): string {
  const lines = diffArrays(before.split('\n'), after.split('\n')).flatMap(({ added, removed, value }) =>
    value.map((line) => [added ? '+' : removed ? '-' : ' ', line] as const));
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(([mark]) => mark !== ' '));
  return lines.flatMap(([mark, line], at) => [...near[at] && !near[at - 1] && at > 0 ? ['@@'] : [], ...near[at] ? [`${mark} ${line}`] : []]).join('\n');
}
