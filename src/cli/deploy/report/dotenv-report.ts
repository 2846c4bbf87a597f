import type { ReleaseIdentity } from '../objects/release';

/**
 * What was deployed.
 */
export interface Deployed {
  readonly identity: ReleaseIdentity;
  readonly namespace: string;
  /** As the record counts it. */
  readonly release: number;
  /** The commit, in a CI job. */
  readonly revision?: string;
  readonly images: readonly string[];
}

export interface DotenvReport {
  readonly text: string;
  /** The keys of the variables that are left out. */
  readonly leftOut: readonly string[];
}

/** GitLab takes files that are smaller; and 20 variables at least, of which these are seven. */
const LARGEST = 5120;

/**
 * The variables of the dotenv report, for the help; the first ones are the last that are left out.
 */
export const DOTENV_VARIABLES = [
  'DEPLOYED_RELEASE (the number in the record), DEPLOYED_APP, DEPLOYED_ENVIRONMENT, DEPLOYED_NAMESPACE, DEPLOYED_REVISION (the commit),',
  'DEPLOYED_IMAGE (of the first container), DEPLOYED_IMAGES (all, with commas)',
];

/**
 * The dotenv report, such that GitLab takes it: it refuses a file as a whole for one line. What it has no way to write is left out.
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

/** Values have neither white space nor quotes that mean something, and there is no way to escape. */
function isWritable(value: string): boolean {
  return value !== '' && !/[\s\0-\x1f\x7f-\x9f"'\ufeff]|\p{Surrogate}/u.test(value);
}
