import { Ending, JSON_FIELDS, Summary, summaryJson, summaryText } from './summary';
import { secrets } from '../../../base/secrets';
import { userError } from '../../../base/user-error';
import type { Context } from '../../command-line/command';
import type { Options } from '../../command-line/options';
import { UnwritableOutput } from '../../io/standard-output';
import type { ReleaseIdentity } from '../objects/release';

const REPORTS = 'Reports';

export const REPORT_OPTIONS: Options = [
  ['dry-run', { group: REPORTS, summary: 'show the changes; the server checks them, and nothing is written' }],
  ['diff', { group: REPORTS, summary: 'show old and new values of fields, except those of Secrets' }],
  ['output', { group: REPORTS, takes: 'text|json', summary: 'the format of the result (default: text)' }],
  ['junit', { group: REPORTS, takes: 'FILE', summary: 'write the result as JUnit XML, for artifacts:reports:junit' }],
  ['dotenv', { group: REPORTS, takes: 'FILE', summary: 'write the deployed release as variables, for artifacts:reports:dotenv' }],
];

/**
 * The variables of the dotenv report, for the help.
 */
const DOTENV_VARIABLES = [
  'DEPLOYED_RELEASE: the number in the history',
  'DEPLOYED_APP, DEPLOYED_ENVIRONMENT, DEPLOYED_NAMESPACE',
  'DEPLOYED_REVISION: the commit',
  'DEPLOYED_IMAGE: of the first container',
  'DEPLOYED_IMAGES: all, separated by commas',
];

/** For the help. */
export const REPORT_DESCRIPTION = [
  'Reports: the result goes to standard output, everything else to standard error.',
  '- With --diff, values are shown before anything is written. With --dry-run, they are part of the result.',
  '- --junit has a test case for each object, and one for the rollout of each workload. Errors before the first request are in no report.',
  '- --dotenv is written when the release is deployed. It has:',
  ...DOTENV_VARIABLES.map((line) => `  ${line}`),
  '- --output json has:',
  ...JSON_FIELDS.map((line) => `  ${line}`),
  '- A report that cannot be written is a warning. The exit code is 1 when the release is deployed, and the result or --dotenv cannot be written, because later jobs need them.',
];

export interface ReportOutputOptions {
  /** Gets a line for people about each problem. */
  readonly say: (line: string) => void;
}

/**
 * Writes the reports of a deployment to standard output and to files.
 */
export class ReportOutput {
  /**
   * @throws `UserError` when two reports have the same file, or the format is unknown.
   */
  public constructor(private readonly context: Context, private readonly options: ReportOutputOptions) {
    const { args } = context;
    args.choice('output', ['text', 'json']);
    const dotenv = args.one('dotenv');
    if (dotenv === undefined || dotenv !== args.one('junit')) return;
    throw userError({ at: '--dotenv', given: 'it is the file of --junit', expected: 'two files', fix: 'use another name, such as deploy.env' });
  }

  private get isJson(): boolean {
    return this.context.args.one('output') === 'json';
  }

  private get hasDiff(): boolean {
    return this.context.args.has('diff');
  }

  /** Writes the result to standard output. */
  public result(ending: Ending): void {
    if (this.isJson) this.context.stdout.raw(this.json(ending));
    else this.context.stdout.write(this.text(ending));
  }

  /** Writes the result of a failed deployment, if programs read it. The failure matters more than a result that cannot be written. */
  public failure(ending: Ending): void {
    if (!this.isJson) return;
    try {
      this.context.stdout.raw(this.json(ending));
    } catch (error) {
      if (!(error instanceof UnwritableOutput)) throw error;
      this.options.say(`warning: the result is not written: ${error.message}`);
    }
  }

  /**
   * Writes a report to its file, if the option names one. The deployment is done already, so a failure is a warning.
   *
   * @returns False when the file could not be written.
   */
  public file(option: 'junit' | 'dotenv', text: () => string): boolean {
    const name = this.context.args.one(option);
    if (name === undefined) return true;
    const content = text();
    try {
      this.context.files.write(name, content);
      return true;
    } catch (error) {
      this.options.say(`warning: --${option} is not written: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  private json(ending: Ending): string {
    return summaryJson(ending, this.hasDiff);
  }

  private text(summary: Summary): string {
    return summaryText(summary, this.hasDiff && summary.isDryRun);
  }
}

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
 * The dotenv report. GitLab refuses a whole file because of one invalid line, so values that the format cannot express are left out, and values with a secret in them. When the file would
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
    if (isWritable(value) && secrets.mask(value) === value && Buffer.byteLength(lines.join('') + line) < LARGEST) lines.push(line);
    else leftOut.push(key);
  }
  return { text: lines.join(''), leftOut };
}

/** The format has no escapes, so a value must not have white space, control characters or quotes. */
function isWritable(value: string): boolean {
  return value !== '' && !/[\s\0-\x1f\x7f-\x9f"'\ufeff]|\p{Surrogate}/u.test(value);
}
