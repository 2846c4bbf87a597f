import { causeOf, Finding, RolloutProblem } from './diagnosis';
import { Progress, titleOf } from './rollout';
import { NOT_SEEN, RolloutStatus } from './rollout-status';
import { printable } from '../../../base/printable';
import { secrets } from '../../../base/secrets';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { seconds } from '../../base/duration';
import type { Clock } from '../../base/host';
import { ERASE, fitted, supportsLiveLine } from '../../io/live-line';
import type { SafeOutput } from '../../io/safe-output';

/**
 * Reports each change of a rollout once.
 */
export class ProgressReporter {
  private readonly messages = new Map<string, string>();
  private readonly problems = new Set<string>();

  public constructor(private readonly progress: (progress: Progress) => void) {}

  /**
   * @param findings The problems to report, also those that may still go away.
   * @param elapsed Milliseconds since the wait began.
   */
  public report({ workloads }: Pick<RolloutStatus, 'workloads'>, findings: readonly Finding[], elapsed: number): void {
    const judged = workloads.filter(({ isUnjudged }) => !isUnjudged);
    const counts = { ready: judged.filter(({ ready }) => ready).length, total: judged.length, elapsed };
    for (const { object, ready, message, isUnjudged } of workloads) {
      const workload = titleOf(object);
      if (message === NOT_SEEN || this.messages.get(workload) === message) continue;
      this.messages.set(workload, message);
      this.progress({ workload, state: isUnjudged ? 'not judged' : ready ? 'ready' : 'waiting', message, ...counts });
    }
    for (const { problem } of findings) this.reportProblem(problem, counts);
  }

  /** Reports a problem once for a workload and container: the pods of a workload usually share it. */
  private reportProblem(problem: RolloutProblem, counts: Pick<Progress, 'ready' | 'total' | 'elapsed'>): void {
    const key = [problem.workload, problem.container, problem.reason].join('\n');
    if (this.problems.has(key)) return;
    this.problems.add(key);
    const { workload, line } = causeOf(problem);
    this.progress({ workload, state: 'problem', message: line.slice(workload.length).replace(/^[,:] /, ''), ...counts });
  }
}

/**
 * Shows the progress of a rollout.
 */
export interface ProgressOutput {
  show(progress: Progress): void;
  /** Erases the changing line. Call it before anything else is written, and at the end. */
  end(): void;
}

export interface ProgressOptions {
  readonly output: SafeOutput;
  readonly clock: Clock;
  readonly variables: CiVariables;
  /** Whether other code writes to the output at the same time, as the debug log does. */
  readonly isShared: boolean;
}

/**
 * Shows progress in one changing line on a terminal, and elsewhere in one line a change. Each problem gets its own line in both.
 */
export function progressOutput(options: ProgressOptions): ProgressOutput {
  const { output } = options;
  return isLive(options) ? new LiveLine(options) : { show: (progress) => output.write(`${plainLine(progress)}\n`), end: () => undefined };
}

function isLive({ output, variables, isShared }: ProgressOptions): boolean {
  return !isShared && supportsLiveLine(output, variables);
}

/** `12 s  1/3 ready  Deployment web: 1 of 2 updated replicas are available`. */
function plainLine({ elapsed, ready, total, workload, state, message }: Progress): string {
  return `${seconds(elapsed).padStart(6)}  ${ready}/${total} ready  ${workload}${state === 'problem' ? ', ' : ': '}${message}`;
}

/** Milliseconds between two updates of the elapsed time. */
const TICK = 1_000;

class LiveLine implements ProgressOutput {
  private shown?: { readonly progress: Progress; readonly at: number };
  private ticking?: AbortController;

  public constructor(private readonly options: ProgressOptions) {}

  public show(progress: Progress): void {
    const { output, clock } = this.options;
    if (progress.state === 'problem') {
      output.raw(ERASE);
      output.write(`${plainLine(progress)}\n`);
    } else {
      this.shown = { progress, at: clock.now() };
    }
    this.draw();
    if (!this.ticking) void this.tick();
  }

  public end(): void {
    this.ticking?.abort();
    this.ticking = undefined;
    if (this.shown) this.options.output.raw(ERASE);
    this.shown = undefined;
  }

  /** Updates the elapsed time until the end. */
  private async tick(): Promise<void> {
    const { signal } = this.ticking = new AbortController();
    const slept = async () => this.options.clock.sleep(TICK, signal).then(() => true, () => false);
    while (await slept()) this.draw();
  }

  private draw(): void {
    const { output, clock } = this.options;
    // The notice that the server does not answer is more important.
    if (!this.shown || output.hasLiveLine) return;
    const { progress, at } = this.shown;
    const line = printable(secrets.mask(plainLine({ ...progress, elapsed: progress.elapsed + clock.now() - at })));
    output.raw(`${ERASE}${fitted(line, output)}`);
  }
}
