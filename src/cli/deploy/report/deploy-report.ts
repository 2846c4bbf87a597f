import { DeploymentFacts, junitReport, nameOf } from './junit';
import { dotenvReport, ReportOutput } from './report-output';
import { Sections } from './sections';
import { diffLines, Ending, resultWord } from './summary';
import { printableText } from '../../../base/printable';
import { secrets } from '../../../base/secrets';
import { ExitCode } from '../../base/failure';
import type { Context } from '../../command-line/command';
import type { DeployObserver, Phase, PlannedChanges, PlannedPullSecret } from '../apply/observer';
import type { Written } from '../apply/write';
import type { RecordedRelease } from '../history/history';
import type { ReleaseIdentity, ReleaseObject } from '../objects/release';
import type { ProgressOutput } from '../wait/progress-reporter';
import type { Progress, RolloutResult } from '../wait/rollout';

export interface ReportOptions {
  readonly namespace: string;
  readonly identity: ReleaseIdentity;
  /** Gets a line for people about each event. */
  readonly say: (line: string) => void;
  readonly progress: ProgressOutput;
}

/**
 * Observes a deployment, and reports its result as text, JSON, JUnit XML and dotenv.
 */
export class DeployReport implements DeployObserver {
  private readonly begunAt: number;
  private readonly output: ReportOutput;
  private readonly sections: Sections;
  private readonly phases: Phase[] = [];
  private readonly writtenObjects = new Set<string>();
  private readonly lastProgress = new Map<string, Progress>();
  private readonly results: RolloutResult[] = [];
  private plannedChanges?: PlannedChanges;
  private release?: RecordedRelease;
  private pullSecret?: PlannedPullSecret;

  /**
   * @throws `UserError` when two reports have the same file, or the format is unknown.
   */
  public constructor(private readonly context: Context, private readonly options: ReportOptions) {
    const { args, clock, variables, stderr } = context;
    this.output = new ReportOutput(context, { say: (line) => this.say(line) });
    this.begunAt = clock.now();
    const write = (text: string) => stderr.raw(text);
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

  public planned(planned: PlannedChanges): void {
    const { args } = this.context;
    this.plannedChanges = planned;
    if (!args.has('diff') || args.has('dry-run')) return;
    const changes = planned.changes.filter(({ action }) => action !== 'keep');
    const lines = changes.flatMap((change) => [`${change.action} ${nameOf(change.object)}`, ...diffLines(change)]);
    for (const line of [...lines, ...planned.pruning.remove.map((object) => `remove ${nameOf(object)}`)]) this.say(line);
  }

  public pullSecretPlanned(pullSecret: PlannedPullSecret): void {
    this.pullSecret = pullSecret;
  }

  public recorded(release: RecordedRelease): void {
    this.release = release;
  }

  public written({ change }: Written): void {
    this.writtenObjects.add(nameOf(change.object));
    if (this.sections.areShown && change.action !== 'keep') this.say(`${resultWord(change.action)} ${nameOf(change.object)}`);
  }

  public progress(progress: Progress): void {
    this.options.progress.show(progress);
    if (!this.phases.includes('undo')) this.lastProgress.set(progress.workload, progress);
  }

  public waited(result: RolloutResult): void {
    this.results.push(result);
  }

  /**
   * Runs a deployment, and reports its result.
   *
   * @param objects Those of the release. By default those of the plan.
   * @returns `ExitCode.NO` when a later job would miss the dotenv report.
   * @throws The failure of the deployment.
   */
  public async of(deployment: () => Promise<void>, objects?: readonly ReleaseObject[]): Promise<ExitCode> {
    try {
      await deployment();
    } catch (error) {
      this.output.file('junit', () => junitReport(this.facts(objects, error)));
      this.output.failure(this.ending(error));
      throw error;
    }
    this.output.file('junit', () => junitReport(this.facts(objects)));
    const isComplete = !this.release || this.output.file('dotenv', () => this.dotenv());
    this.output.result(this.ending());
    return isComplete ? ExitCode.DONE : ExitCode.NO;
  }

  private ending(error?: unknown): Ending {
    const { plannedChanges, pullSecret, release, options: { identity, namespace } } = this;
    return {
      identity,
      namespace,
      pullSecret,
      release: release?.number,
      isDryRun: this.context.args.has('dry-run'),
      changes: plannedChanges?.changes ?? [],
      removed: plannedChanges?.pruning.remove ?? [],
      kept: plannedChanges?.pruning.kept ?? [],
      elapsed: this.context.clock.now() - this.begunAt,
      error: error instanceof Error ? error.message : error === undefined ? undefined : String(error),
      rollouts: [...this.lastProgress.values()],
    };
  }

  private dotenv(): string {
    const { identity, namespace } = this.options;
    const { number: release = 0, images = [], job } = this.release ?? {};
    const { text, leftOut } = dotenvReport({ identity, namespace, release, images, revision: job?.commit });
    if (leftOut.length > 0) this.say(`warning: --dotenv is without ${leftOut.join(', ')}: GitLab cannot read such a value, it has a secret in it, or the file would be too large`);
    return text;
  }

  private facts(objects: readonly ReleaseObject[] | undefined, error?: unknown): DeploymentFacts {
    const { context: { args, clock }, options: { identity }, plannedChanges: planned } = this;
    return {
      identity,
      planned,
      error,
      isDryRun: args.has('dry-run'),
      objects: objects ?? planned?.changes.map(({ object }) => object) ?? [],
      written: this.writtenObjects,
      progress: this.lastProgress,
      waited: this.results,
      elapsed: clock.now() - this.begunAt,
      endedAt: clock.now(),
    };
  }

  private say(line: string): void {
    this.options.say(printableText(secrets.mask(line)));
  }
}
