import type { ReleaseIdentity } from '../objects/release';

/**
 * A deployed release.
 */
export interface Deployed {
  readonly identity: ReleaseIdentity;
  readonly namespace: string;
  /** The number in the history. */
  readonly release: number;
  /** The commit, in a CI job. */
  readonly revision?: string;
  readonly images: readonly string[];
}

export interface DotenvReport {
  readonly text: string;
  /** The keys of variables that GitLab could not read. */
  readonly leftOut: readonly string[];
}

/** Bytes. GitLab accepts smaller files, and at least 20 variables. */
const LARGEST = 5120;

/**
 * The variables of the dotenv report, for the help.
 */
export const DOTENV_VARIABLES = [
  'DEPLOYED_RELEASE: the number in the history',
  'DEPLOYED_APP, DEPLOYED_ENVIRONMENT, DEPLOYED_NAMESPACE',
  'DEPLOYED_REVISION: the commit',
  'DEPLOYED_IMAGE: of the first container',
  'DEPLOYED_IMAGES: all, separated by commas',
];

/**
 * The dotenv report. GitLab refuses a whole file because of one invalid line, so values that the format cannot express are left out. When the file would
 * be too large, the last variables are left out.
 *
 * @see https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
 */
export function dotenvReport({ identity, namespace, release, revision, images }: Deployed): DotenvReport {
  const variables: ReadonlyArray<readonly [string, string | undefined]> = [
    ['DEPLOYED_RELEASE', String(release)],
    ['DEPLOYED_APP', identity.app],
    ['DEPLOYED_ENVIRONMENT', identity.environment],
    ['DEPLOYED_NAMESPACE', namespace],
    ['DEPLOYED_REVISION', revision],
    ['DEPLOYED_IMAGE', images[0]],
    ['DEPLOYED_IMAGES', images.length > 0 ? images.join(',') : undefined],
  ];
  const lines: string[] = [];
  const leftOut: string[] = [];
  for (const [key, value] of variables) {
    if (value === undefined) continue;
    const line = `${key}=${value}\n`;
    if (isWritable(value) && Buffer.byteLength(lines.join('') + line) < LARGEST) lines.push(line);
    else leftOut.push(key);
  }
  return { text: lines.join(''), leftOut };
}

/** The format has no escapes, so a value must not have white space, control characters or quotes. */
function isWritable(value: string): boolean {
  return value !== '' && !/[\s\0-\x1f\x7f-\x9f"'\ufeff]|\p{Surrogate}/u.test(value);
}
