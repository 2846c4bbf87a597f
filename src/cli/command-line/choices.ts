import { show, userError } from '../../base/user-error';

/**
 * Checks a value that has fixed choices.
 *
 * @throws `UserError` for another value.
 */
export function fixedChoice<T extends string>(at: string, value: string, choices: readonly [T, ...T[]]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw userError({ at, given: show(value), expected: choices.join(', '), fix: `use ${at} ${nearest(value, choices) ?? choices[0]}` });
}

/**
 * The name that is most similar to a misspelt word, if one is similar.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: word !== '' && name.startsWith(word) ? 0 : distanceOf(word, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

/** The Levenshtein distance, row by row. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
