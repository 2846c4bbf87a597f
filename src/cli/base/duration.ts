import { userError, show } from '../../base/user-error';

const UNITS = new Map([['s', 1], ['m', 60], ['h', 3600], ['d', 86_400]]);

/**
 * Parses a duration such as `90d`, `12h`, `30m` or `600s`.
 *
 * @param at The option, for errors.
 * @returns Seconds.
 */
export function parseDuration(at: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS.get(unit) ?? 1);
  const [, number, letter] = /^\s*(\d{1,9})\s*([smhd])(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?)?\s*$/i.exec(text) ?? [];
  throw userError({
    at,
    given: show(text),
    expected: 'a number with its unit: 600s, 30m, 12h or 90d',
    fix: number !== undefined && letter !== undefined ? `try ${at} ${number}${letter.toLowerCase()}` : 'the units are s, m, h and d (seconds, minutes, hours, days)',
  });
}

/**
 * A duration for people, rounded to its largest unit: `90 days`, `1 hour`, `12 s`.
 *
 * @param duration Seconds.
 */
export function spanInWords(duration: number): string {
  const whole = Math.max(0, Math.round(duration));
  if (whole < 120) return `${whole} s`;
  for (const [unit, length] of [['day', 86_400], ['hour', 3600]] as const) {
    if (whole >= length) return plural(Math.round(whole / length), unit);
  }
  return plural(Math.round(whole / 60), 'minute');
}

/**
 * Milliseconds as seconds for people: `0.6 s`, `31 s`.
 */
export function seconds(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds / 100) / 10} s` : `${Math.round(milliseconds / 1000)} s`;
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
