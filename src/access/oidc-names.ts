import type { NameRule } from '../kubernetes/names';

/**
 * The name of the user that the API server derives from a job's id_token. It contains the project's id, not `sub`: that contains the project's path,
 * which another project can take over.
 */
export function oidcUser(usernamePrefix: string, projectId: number | string): string {
  return `${usernamePrefix}project:${projectId}`;
}

/**
 * The name of the group of a job that deploys to a protected environment.
 */
export function oidcEnvironmentGroup(usernamePrefix: string, projectId: number | string, environment: string): string {
  return `${oidcUser(usernamePrefix, projectId)}:environment:${environment}`;
}

/** The prefix of Kubernetes' own users and groups. No name from a token may start with it. */
export const RESERVED_PREFIX = 'system:';

/** The rule for the prefix of users and groups. */
export const oidcPrefix: NameRule = (value) =>
  /^[A-Za-z0-9][A-Za-z0-9._:/#@-]*$/.test(value) && !value.startsWith(RESERVED_PREFIX)
    ? undefined
    : `a prefix other than "${RESERVED_PREFIX}" (letters, digits, ".", "_", ":", "/", "#", "@" and "-", the first a letter or digit)`;

/** The rule for the issuer (`iss`) of a token. */
export const oidcIssuer: NameRule = (value) =>
  /^https:\/\/[\x21-\x7e]+$/.test(value) && !/[?#@]/.test(value) && URL.canParse(value)
    ? undefined
    : 'an https URL without user name and query, as in the token\'s claim "iss", such as "https://gitlab.example.com"';

/** The rule for the audience (`aud`) of a token. */
export const oidcAudience: NameRule = (value) => (/^[\x21-\x7e]+$/.test(value) ? undefined : 'a text without white space, of printable ASCII');
