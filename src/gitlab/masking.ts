import { show } from '../base/user-error';
import { NameRule } from '../kubernetes/names';

/**
 * GitLab's rule for values that can be masked: `expanded` while "Expand variable reference" is on, `raw` while it is off.
 */
export type MaskingRule = 'expanded' | 'raw';

/** All runners mask values up to this size in bytes. Runners before 15.4 could print the rest of a longer value (gitlab-org/gitlab-runner#28128). */
export const MASKED_BY_OLD_RUNNERS = 4096;

/** The size limit of one environment variable on Linux in bytes: `NAME=value` and a zero byte (MAX_ARG_STRLEN). */
const LARGEST_ENVIRONMENT_STRING = 131_072;

/** GitLab does not mask shorter values. */
const SHORTEST = 8;
const MASKABLE_CHARACTER = /^[a-zA-Z0-9_+=/@:.~-]$/;

/**
 * Says why GitLab refuses to mask a value. Returns `undefined` for a value that can be masked. The text shows at most one character of the value.
 *
 * White space is ASCII white space, as `\s` in Ruby.
 *
 * @see app/models/concerns/ci/maskable.rb in github.com/gitlabhq/gitlabhq
 */
export function maskingProblem(value: string, rule: MaskingRule): string | undefined {
  const characters = [...value];
  if (characters.length < SHORTEST) return `it has fewer than ${SHORTEST} characters`;
  if (/[\r\n]/.test(value)) return 'it has several lines';
  if (/[ \t\f\v]/.test(value)) return 'it has white space in it';
  const odd = rule === 'expanded' ? characters.find((character) => !MASKABLE_CHARACTER.test(character)) : undefined;
  return odd === undefined ? undefined : `it has ${show(odd)} in it`;
}

/**
 * Whether a variable fits into the environment of a job on Linux.
 */
export function fitsEnvironment(key: string, value: string): boolean {
  return Buffer.byteLength(key) + Buffer.byteLength(value) + 2 <= LARGEST_ENVIRONMENT_STRING;
}

/** The rule for keys of CI/CD variables (GitLab's `ci/has_variable.rb`). */
export const variableKey: NameRule = (value) =>
  /^[a-zA-Z0-9_]{1,255}$/.test(value) ? undefined : 'a variable key of at most 255 letters, digits and "_"';
