import type { NameRule } from '../kubernetes/names';

/**
 * The user that an API server makes of a job's id_token. It is named after the project's id, never after `sub`: that has the project's
 * path in it, which another project can take over.
 */
export function oidcUser(usernamePrefix: string, projectId: number | string): string {
  return `${usernamePrefix}project:${projectId}`;
}

/**
 * The group that a job is in while it deploys to a protected environment.
 */
export function oidcEnvironmentGroup(usernamePrefix: string, projectId: number | string, environment: string): string {
  return `${oidcUser(usernamePrefix, projectId)}:environment:${environment}`;
}

/** What no name that is made of a token may start with: they are Kubernetes' own. */
export const RESERVED_PREFIX = 'system:';

/** The prefix of users and groups. */
export const oidcPrefix: NameRule = (value) =>
  /^[A-Za-z0-9][A-Za-z0-9._:/#@-]*$/.test(value) && !value.startsWith(RESERVED_PREFIX)
    ? undefined
    : `a prefix other than "${RESERVED_PREFIX}" (letters, digits, ".", "_", ":", "/", "#", "@" and "-", the first a letter or digit)`;

/** The `iss` of a token. */
export const oidcIssuer: NameRule = (value) =>
  /^https:\/\/[\x21-\x7e]+$/.test(value) && !/[?#@]/.test(value) && URL.canParse(value)
    ? undefined
    : 'an https URL without user name and query, as the token\'s "iss" says it, such as "https://gitlab.example.com"';

/** The audience of a token. */
export const oidcAudience: NameRule = (value) => (/^[\x21-\x7e]+$/.test(value) ? undefined : 'a text without white space, of printable ASCII');

/**
 * The name of an environment, as GitLab has it after it has put variables in.
 *
 * @see `environment_name_regex` in lib/gitlab/regex.rb of github.com/gitlabhq/gitlabhq
 */
export const environmentName: NameRule = (value) =>
  /^[\w. -](?:[\w./ -]*[\w. -])?$/.test(value) && value.length <= 255
    ? undefined
    : 'the name of an environment, without variables (at most 255 letters, digits, spaces, "-", "_", "." and "/", no "/" at an edge)';
