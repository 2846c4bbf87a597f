import { createHash } from 'node:crypto';
import type { NameRule } from '../kubernetes/names';

const LONGEST_ENVIRONMENT_SLUG = 24;
const KEPT_BEFORE_SUFFIX = 17;
const SUFFIX = 6;

/**
 * Computes `CI_ENVIRONMENT_SLUG` from the name of an environment: at most 24 lower-case letters, digits and `-`, the first a letter. A slug that
 * differs from the name ends with a hash of the name. So two names rarely have the same slug.
 *
 * GitLab stores the slug when it creates the environment. Environments that are older than this algorithm have a random suffix instead.
 *
 * @see lib/gitlab/slug/environment.rb and its spec in github.com/gitlabhq/gitlabhq
 */
export function environmentSlug(name: string): string {
  const plain = dashed(name);
  const slug = (/^[a-z]/.test(plain) ? plain : `env-${plain}`).replace(/-+/g, '-');
  return slug === name && slug.length <= LONGEST_ENVIRONMENT_SLUG
    ? slug.replace(/-$/, '')
    : `${slug.slice(0, KEPT_BEFORE_SUFFIX).replace(/-$/, '')}-${hashSuffix(name)}`;
}

/** As in Ruby, a character outside the basic plane becomes one `-`. */
function dashed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/gu, '-');
}

function hashSuffix(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(-SUFFIX);
}

/**
 * The rule for names of environments after GitLab has expanded their variables.
 *
 * @see `environment_name_regex` in lib/gitlab/regex.rb of github.com/gitlabhq/gitlabhq
 */
export const environmentName: NameRule = (value) =>
  /^[\w. -](?:[\w./ -]*[\w. -])?$/.test(value) && value.length <= 255
    ? undefined
    : 'the name of an environment, without variables (at most 255 letters, digits, spaces, "-", "_", "." and "/", no "/" at an edge)';

/** The rule for environment scopes of CI/CD variables (GitLab's `lib/gitlab/regex.rb`). `*` matches any characters. */
export const environmentScope: NameRule = (value) =>
  /^[a-zA-Z0-9_/${}. \-*]{1,255}$/.test(value) && value.trim() === value
    ? undefined
    : 'the name of an environment, of at most 255 letters, digits, "-", "_", "/", "$", "{", "}", "." and spaces, with "*" for any characters';

/**
 * Whether some environment matches both scopes.
 */
export function scopesOverlap(one: string, other: string): boolean {
  // row[i] says whether the current suffix of `one` overlaps with other.slice(i). The first row is for the empty suffix.
  let row = [...suffixesOf(other)].map((suffix) => /^\**$/.test(suffix));
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

function* suffixesOf(text: string): Generator<string> {
  for (let index = 0; index <= text.length; index++) yield text.slice(index);
}
