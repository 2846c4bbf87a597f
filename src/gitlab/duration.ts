import { userError, show } from '../base/user-error';

const DAY = 86_400;

/** The names that GitLab accepts for each unit, and its seconds. */
const UNITS: ReadonlyArray<readonly [RegExp, number]> = [
  [/^s(?:ec(?:ond)?s?)?$/, 1],
  [/^m(?:in(?:ute)?s?)?$/, 60],
  [/^h(?:(?:ou)?rs?)?$/, 3600],
  [/^d(?:ays?)?$/, DAY],
  [/^w(?:ee)?ks?$|^w$/, 7 * DAY],
  [/^mo(?:nth)?s?$/, 30 * DAY],
  [/^y(?:(?:ea)?rs?)?$/, 365 * DAY],
];

/**
 * Converts a duration of GitLab to seconds: `3 days`, `2h20min`, `1 week and 2 days`. `never` is infinite.
 *
 * @see https://docs.gitlab.com/ci/yaml/#environmentauto_stop_in
 */
export function gitlabSeconds(at: string, text: string): number {
  if (text === 'never') return Infinity;
  const parts = /^(?:\d{1,6} ?[a-z]+(?:,? (?:and )?)?)+$/.test(text) ? [...text.matchAll(/(\d+) ?([a-z]+)/g)].map(([, count, unit]) => Number(count) * secondsOf(unit ?? '')) : [];
  const sum = parts.reduce((total, part) => total + part, 0);
  if (sum > 0) return sum;
  throw userError({ at, given: `it is ${show(text)}`, expected: 'a duration', fix: 'write it as "30 minutes", "3 days" or "1 week"' });
}

function secondsOf(unit: string): number {
  return UNITS.find(([pattern]) => pattern.test(unit))?.[1] ?? NaN;
}

/**
 * Converts a duration of a command option to seconds: `600s`, `10m`, `1h`.
 */
export function commandSeconds(at: string, text: string): number {
  if (/^\d{1,6}[smhd]$/.test(text)) return gitlabSeconds(at, text);
  throw userError({ at, given: `it is ${show(text)}`, expected: 'a number with its unit', fix: 'write it as 600s, 30m, 12h or 90d' });
}

/**
 * Converts seconds to a duration of GitLab, rounded up: to days above two days, to minutes otherwise.
 */
export function gitlabDuration(seconds: number): string {
  if (seconds === Infinity) return 'never';
  return seconds > 2 * DAY ? `${Math.ceil(seconds / DAY)} days` : `${Math.ceil(seconds / 60)} minutes`;
}
