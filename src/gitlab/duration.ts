import { userError, show } from '../base/user-error';

const DAY = 86_400;

/** Seconds of each unit, by the shortest beginnings that GitLab takes for it. */
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
 * Seconds of a duration as GitLab reads it: `3 days`, `2h20min`, `1 week and 2 days`; endless for `never`.
 *
 * @see https://docs.gitlab.com/ci/yaml/#environmentauto_stop_in
 */
export function gitlabSeconds(at: string, text: string): number {
  if (text === 'never') return Infinity;
  const parts = /^(?:\d{1,6} ?[a-z]+(?:,? (?:and )?)?)+$/.test(text) ? [...text.matchAll(/(\d+) ?([a-z]+)/g)].map(([, count, unit]) => Number(count) * lengthOf(unit ?? '')) : [];
  const sum = parts.reduce((total, part) => total + part, 0);
  if (sum > 0) return sum;
  throw userError({ at, given: `it is ${show(text)}`, expected: 'a duration as "30 minutes", "3 days" or "1 week"', fix: 'correct it' });
}

function lengthOf(unit: string): number {
  return UNITS.find(([pattern]) => pattern.test(unit))?.[1] ?? NaN;
}

/**
 * Seconds of a duration as commands read it: `600s`, `10m`, `1h`.
 */
export function commandSeconds(at: string, text: string): number {
  if (/^\d{1,6}[smhd]$/.test(text)) return gitlabSeconds(at, text);
  throw userError({ at, given: `it is ${show(text)}`, expected: 'a number with its unit: 600s, 30m, 12h or 90d', fix: 'correct it' });
}

/** The shortest duration of whole days, or of whole minutes below two days, that is not less. */
export function gitlabDuration(seconds: number): string {
  if (seconds === Infinity) return 'never';
  return seconds > 2 * DAY ? `${Math.ceil(seconds / DAY)} days` : `${Math.ceil(seconds / 60)} minutes`;
}
