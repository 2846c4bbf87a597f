import { diffLines } from './diff';
import { dotenvReport, DOTENV_VARIABLES } from './dotenv-report';
import { DeploymentFacts, junitReport, nameOf } from './junit';
import { Sections } from './sections';
import { JSON_FIELDS, resultWord, Summary, summaryJson, summaryText } from './summary';
import { printableText } from '../../../base/printable';
import { userError } from '../../../base/user-error';
import { ExitCode } from '../../base/exit-code';
import type { Option } from '../../command-line/arguments';
import type { Context } from '../../command-line/command';
import { UnwritableOutput } from '../../io/standard-output';
import type { DeployObserver, Phase, Planned } from '../apply/observer';
import type { Written } from '../apply/write';
import type { RecordedRelease } from '../history/history';
import type { ReleaseIdentity, ReleaseObject } from '../objects/release';
import type { PullSecretResult } from '../pull-secret/pull-secret';
import type { ProgressOutput } from '../wait/progress-reporter';
import type { Progress, RolloutResult } from '../wait/rollout';

export const REPORT_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['dry-run', { summary: 'say what would be done; the server checks it, and nothing is written' }],
  ['diff', { summary: 'show the values of fields that change before they are written, but for those of Secrets' }],
  ['output', { takes: 'text|json', summary: 'the form of the result (default: text)' }],
  ['junit', { takes: 'FILE', summary: 'write it as JUnit XML, too, for artifacts:reports:junit' }],
  ['dotenv', { takes: 'FILE', summary: 'write what was deployed, for artifacts:reports:dotenv' }],
];

/** For the help. */
export const REPORT_DESCRIPTION = [
  'The result goes to standard output, the rest to standard error. With --diff and --dry-run, values are part of the result; otherwise they are',
  'said before anything is written.',
  '',
  'A file that cannot be written is a warning, and the deployment and its exit status are what they were. But what others go on with must be there:',
  'when the release is deployed, and the result or --dotenv cannot be written, that is exit status 1.',
  '',
  '--junit has a test case for each object, and one for the rollout of each workload. Mistakes that are found before the cluster is contacted are',
  'in no report. --dotenv is written when the release is deployed:',
  ...DOTENV_VARIABLES.map((line) => `  ${line}`),
  '',
  'Fields of --output json:',
  ...JSON_FIELDS.map((line) => `  ${line}`),
];

export interface ReportingOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  readonly say: (line: string) => void;
  readonly progress: ProgressOutput;
  /** Hides the secrets that the job knows. */
  readonly mask: (text: string) => string;
}

/**
 * Says how a deployment goes and how it ended, in all forms that are asked for.
 */
export class Reporting implements DeployObserver {
  private readonly begunAt: number;
  private readonly sections: Sections;
  private readonly phases: Phase[] = [];
  private readonly writtenObjects = new Set<string>();
  private readonly lastProgress = new Map<string, Progress>();
  private readonly results: RolloutResult[] = [];
  private plannedSteps?: Planned;
  private release?: RecordedRelease;
  private pullSecret?: PullSecretResult;

  /**
   * @throws A refusal when two reports have one file.
   */
  public constructor(private readonly context: Context, private readonly options: ReportingOptions) {
    const { args, clock, variables, stderr } = context;
    checkFiles(context);
    args.choice('output', ['text', 'json']);
    this.begunAt = clock.now();
    const write = (text: string) => void stderr.write(text);
    this.sections = new Sections({ app: options.identity.app, variables, clock, write, open: args.has('diff') ? ['plan'] : [] });
  }

  public async during<T>(phase: Phase, action: () => Promise<T>): Promise<T> {
    this.phases.push(phase);
    try {
      return await this.sections.around(phase, action);
    } finally {
      this.options.progress.end();
      this.phases.pop();
    }
  }

  public planned(planned: Planned): void {
    const { args } = this.context;
    this.plannedSteps = planned;
    if (!args.has('diff') || args.has('dry-run')) return;
    const steps = planned.steps.filter(({ action }) => action !== 'keep');
    const lines = steps.flatMap((step) => [`${step.action} ${nameOf(step.object)}`, ...diffLines(step)]);
    for (const line of [...lines, ...planned.pruning.remove.map((object) => `remove ${nameOf(object)}`)]) this.say(line);
  }

  public begun(release: RecordedRelease): void {
    this.release = release;
  }

  public written({ step }: Written): void {
    this.writtenObjects.add(nameOf(step.object));
    if (this.sections.areShown && step.action !== 'keep') this.say(`${resultWord(step.action)} ${nameOf(step.object)}`);
  }

  public progress(progress: Progress): void {
    this.options.progress.show(progress);
    if (!this.phases.includes('undo')) this.lastProgress.set(progress.workload, progress);
  }

  public waited(result: RolloutResult): void {
    this.results.push(result);
  }

  /** A pull secret that comes with it. */
  public pulls(pullSecret: PullSecretResult | undefined): void {
    this.pullSecret = pullSecret;
  }

  /**
   * Stands around the whole deployment, and reports on it.
   *
   * @param objects Those of the release; by default those of the plan.
   */
  public async around(action: () => Promise<void>, objects?: readonly ReleaseObject[]): Promise<ExitCode> {
    try {
      await action();
    } catch (error) {
      this.writeFiles(objects, error);
      if (this.context.args.one('output') === 'json') this.sayFailure(error);
      throw error;
    }
    const isComplete = this.writeFiles(objects);
    this.context.stdout.write(this.result());
    return isComplete ? ExitCode.DONE : ExitCode.NO;
  }

  /** What ended the deployment matters more than that nobody can read it. */
  private sayFailure(error: unknown): void {
    try {
      this.context.stdout.write(this.json(error));
    } catch (unwritable) {
      if (!(unwritable instanceof UnwritableOutput)) throw unwritable;
      this.say(`warning: the result is not written: ${unwritable.message}`);
    }
  }

  private result(): string {
    const { args } = this.context;
    return args.one('output') === 'json' ? this.json() : this.options.mask(summaryText(this.summary(), args.has('diff') && args.has('dry-run')));
  }

  private json(error?: unknown): string {
    const message = error instanceof Error ? error.message : error === undefined ? undefined : String(error);
    return summaryJson({ ...this.summary(), error: message, rollouts: [...this.lastProgress.values()] }, this.context.args.has('diff'), this.options.mask);
  }

  private summary(): Summary {
    const { plannedSteps, pullSecret, release, options: { identity, namespace } } = this;
    return {
      identity,
      namespace,
      pullSecret,
      release: release?.number,
      isDryRun: this.context.args.has('dry-run'),
      steps: plannedSteps?.steps ?? [],
      removed: plannedSteps?.pruning.remove ?? [],
      kept: plannedSteps?.pruning.kept ?? [],
      elapsed: this.context.clock.now() - this.begunAt,
    };
  }

  /** Gives whether what later jobs go on with is there. */
  private writeFiles(objects: readonly ReleaseObject[] | undefined, error?: unknown): boolean {
    this.write('junit', () => junitReport(this.facts(objects, error)));
    return !this.release || error !== undefined || this.write('dotenv', () => this.dotenv());
  }

  /** The deployment is what counts: it is done already. */
  private write(option: 'junit' | 'dotenv', text: () => string): boolean {
    const name = this.context.args.one(option);
    if (name === undefined) return true;
    const content = text();
    try {
      this.context.files.write(name, content);
      return true;
    } catch (error) {
      this.say(`warning: --${option} is not written: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  private dotenv(): string {
    const { identity, namespace } = this.options;
    const { number: release = 0, images = [], job } = this.release ?? {};
    const { text, leftOut } = dotenvReport({ identity, namespace, release, images, revision: job?.commit });
    if (leftOut.length > 0) this.say(`warning: --dotenv is without ${leftOut.join(', ')}: GitLab has no way to read it, or the file would be too large`);
    return text;
  }

  private facts(objects: readonly ReleaseObject[] | undefined, error: unknown): DeploymentFacts {
    const { context: { args, clock }, options: { identity, mask }, plannedSteps: planned } = this;
    return {
      identity,
      planned,
      error,
      mask,
      isDryRun: args.has('dry-run'),
      objects: objects ?? planned?.steps.map(({ object }) => object) ?? [],
      written: this.writtenObjects,
      progress: this.lastProgress,
      waited: this.results,
      elapsed: clock.now() - this.begunAt,
      endedAt: clock.now(),
    };
  }

  private say(line: string): void {
    this.options.say(printableText(this.options.mask(line)));
  }
}

function checkFiles({ args }: Context): void {
  if (args.one('dotenv') === undefined || args.one('dotenv') !== args.one('junit')) return;
  throw userError({ at: '--dotenv', given: 'it is the file of --junit', expected: 'two files', fix: 'name another one' });
}
