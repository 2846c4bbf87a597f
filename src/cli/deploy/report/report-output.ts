import { DOTENV_VARIABLES } from './dotenv-report';
import { JSON_FIELDS, Ending, Summary, summaryJson, summaryText } from './summary';
import { userError } from '../../../base/user-error';
import type { Option } from '../../command-line/arguments';
import type { Context } from '../../command-line/command';
import { UnwritableOutput } from '../../io/standard-output';

const REPORTS = 'Reports';

export const REPORT_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['dry-run', { group: REPORTS, summary: 'show the changes; the server checks them, and nothing is written' }],
  ['diff', { group: REPORTS, summary: 'show old and new values of fields, except those of Secrets' }],
  ['output', { group: REPORTS, takes: 'text|json', summary: 'the format of the result (default: text)' }],
  ['junit', { group: REPORTS, takes: 'FILE', summary: 'write the result as JUnit XML, for artifacts:reports:junit' }],
  ['dotenv', { group: REPORTS, takes: 'FILE', summary: 'write the deployed release as variables, for artifacts:reports:dotenv' }],
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
  /** Hides the secrets that the job knows. */
  readonly mask: (text: string) => string;
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
    this.context.stdout.write(this.isJson ? this.json(ending) : this.text(ending));
  }

  /** Writes the result of a failed deployment, if programs read it. The failure matters more than a result that cannot be written. */
  public failure(ending: Ending): void {
    if (!this.isJson) return;
    try {
      this.context.stdout.write(this.json(ending));
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
    return summaryJson(ending, this.hasDiff, this.options.mask);
  }

  private text(summary: Summary): string {
    return this.options.mask(summaryText(summary, this.hasDiff && summary.isDryRun));
  }
}
