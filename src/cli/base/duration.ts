import { userError, show } from '../../base/user-error';

const UNITS = new Map([['s', 1], ['m', 60], ['h', 3600], ['d', 86_400]]);

/**
 * Seconds of a duration such as `90d`, `12h`, `30m` or `600s`.
 *
 * @param at The option, for errors.
 */
export function parseDuration(at: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS.get(unit) ?? 1);
  throw userError({ at, given: show(text), expected: 'a number with its unit: 600s, 30m, 12h or 90d', fix: 'correct it' });
}

/**
 * A time span in its largest fitting unit, rounded, for people: `90 days`, `1 hour`, `12 s`.
 */
export function spanInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  for (const [unit, length] of [['day', 86_400], ['hour', 3600]] as const) {
    if (whole >= length) return counted(Math.round(whole / length), unit);
  }
  return counted(Math.round(whole / 60), 'minute');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
