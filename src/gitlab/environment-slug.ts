import { createHash } from 'node:crypto';

const LONGEST_ENVIRONMENT_SLUG = 24;
const KEPT_BEFORE_SUFFIX = 17;
const SUFFIX = 6;

/**
 * What GitLab makes of an environment's name for `CI_ENVIRONMENT_SLUG`: at most 24 lower-case letters, digits and `-`, the first a letter. A name
 * that has to change for that gets a suffix from its SHA-256, so that two names hardly ever have one slug.
 *
 * GitLab keeps the slug that it made when the environment was created. Environments from before this algorithm have a random suffix there, and
 * only GitLab knows it.
 *
 * @see lib/gitlab/slug/environment.rb and its spec in github.com/gitlabhq/gitlabhq
 */
export function environmentSlug(name: string): string {
  const plain = dashed(name);
  const slug = (/^[a-z]/.test(plain) ? plain : `env-${plain}`).replace(/-+/g, '-');
  return slug === name && slug.length <= LONGEST_ENVIRONMENT_SLUG
    ? slug.replace(/-$/, '')
    : `${slug.slice(0, KEPT_BEFORE_SUFFIX).replace(/-$/, '')}-${suffix(name)}`;
}

/** A character outside the basic plane is one `-`, as in Ruby. */
function dashed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/gu, '-');
}

function suffix(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(-SUFFIX);
}
