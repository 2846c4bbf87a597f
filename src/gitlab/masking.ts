import { show } from '../base/user-error';
import { NameRule } from '../kubernetes/names';

/**
 * How GitLab judges whether a variable can be masked: by the strict rule while "Expand variable reference" is on, else by the raw one.
 */
export type MaskingRule = 'expanded' | 'raw';

/** Bytes up to which every runner masks a value; before 15.4 runners could print the rest of a longer one (gitlab-org/gitlab-runner#28128). */
export const MASKED_BY_OLD_RUNNERS = 4096;

/** Bytes that Linux takes for one environment variable: `NAME=value` and a zero byte (MAX_ARG_STRLEN). */
const LARGEST_ENVIRONMENT_STRING = 131_072;

const SHORTEST = 8;
const STRICT = /^[a-zA-Z0-9_+=/@:.~-]$/;

/**
 * Why GitLab refuses to mask a value, or nothing when it masks it. At most one character of the value is shown.
 *
 * The rules are those of GitLab's `app/models/concerns/ci/maskable.rb`. White space is what Ruby's `\s` is: ASCII only.
 */
export function maskingProblem(value: string, rule: MaskingRule): string | undefined {
  const characters = [...value];
  if (characters.length < SHORTEST) return `it has fewer than ${SHORTEST} characters`;
  if (/[\r\n]/.test(value)) return 'it has several lines';
  if (/[ \t\f\v]/.test(value)) return 'it has white space in it';
  const odd = rule === 'expanded' ? characters.find((character) => !STRICT.test(character)) : undefined;
  return odd === undefined ? undefined : `it has ${show(odd)} in it`;
}

/**
 * Whether a value fits into an environment variable of a job on Linux.
 */
export function fitsEnvironment(key: string, value: string): boolean {
  return Buffer.byteLength(key) + Buffer.byteLength(value) + 2 <= LARGEST_ENVIRONMENT_STRING;
}

/** Keys of CI/CD variables (GitLab's `ci/has_variable.rb`). */
export const variableKey: NameRule = (value) =>
  /^[a-zA-Z0-9_]{1,255}$/.test(value) ? undefined : 'a variable key of at most 255 letters, digits and "_"';

/** Environment scopes of variables (GitLab's `lib/gitlab/regex.rb`). `*` stands for any characters. */
export const environmentScope: NameRule = (value) =>
  /^[a-zA-Z0-9_/${}. \-*]{1,255}$/.test(value) && value.trim() === value
    ? undefined
    : 'the name of an environment, of at most 255 letters, digits, "-", "_", "/", "$", "{", "}", "." and spaces, with "*" for any characters';

/**
 * Whether there can be an environment that both scopes are for.
 */
export function scopesOverlap(one: string, other: string): boolean {
  // Each row says, for the rest of `one`, which rests of `other` it overlaps with; the last row is that of nothing.
  let row = [...restsOf(other)].map((rest) => /^\**$/.test(rest));
  for (const character of [...one].reverse()) row = rowBefore(character, other, row);
  return row[0] ?? false;
}

function rowBefore(character: string, other: string, below: readonly boolean[]): boolean[] {
  const row: boolean[] = [];
  for (let index = other.length; index >= 0; index--) {
    const [next, diagonal] = [row[index + 1] ?? false, below[index + 1] ?? false];
    if (character === '*') row[index] = (below[index] ?? false) || next;
    else if (other[index] === '*') row[index] = next || (below[index] ?? false);
    else row[index] = other[index] === character && diagonal;
  }
  return row;
}

function* restsOf(text: string): Generator<string> {
  for (let index = 0; index <= text.length; index++) yield text.slice(index);
}
