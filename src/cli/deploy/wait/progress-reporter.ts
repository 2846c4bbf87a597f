import { causeOf, Finding, RolloutProblem } from './diagnosis';
import { Progress, titleOf } from './rollout';
import { NOT_SEEN, RolloutStatus } from './rollout-status';
import { printable } from '../../../base/printable';
import { secrets } from '../../../base/secrets';
import { CiVariables, isCi } from '../../../gitlab/ci-variables';
import { seconds } from '../../base/duration';
import type { Clock } from '../../base/host';
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
    const counts = { ready: workloads.filter(({ ready }) => ready).length, total: workloads.length, elapsed };
    for (const { object, ready, message } of workloads) {
      const workload = titleOf(object);
      if (message === NOT_SEEN || this.messages.get(workload) === message) continue;
      this.messages.set(workload, message);
      this.progress({ workload, state: ready ? 'ready' : 'waiting', message, ...counts });
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

/** Control sequences are written only to a terminal that supports them, and never with NO_COLOR. */
function isLive({ output, variables, isShared }: ProgressOptions): boolean {
  return !isShared && !isCi(variables) && !variables.NO_COLOR && variables.TERM !== 'dumb' && output.isTTY === true;
}

/** `12 s  1/3 ready  Deployment web: 1 of 2 updated replicas are available`. */
function plainLine({ elapsed, ready, total, workload, state, message }: Progress): string {
  return `${seconds(elapsed).padStart(6)}  ${ready}/${total} ready  ${workload}${state === 'problem' ? ', ' : ': '}${message}`;
}

/** Erases the line of the cursor. */
const ERASE = '\r\u001b[2K';

/** The width, in columns, of a terminal that does not report its width. */
const WIDTH = 80;

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
    if (!this.shown) return;
    const { output, clock } = this.options;
    const { progress, at } = this.shown;
    // A line that wraps could not be erased. The width of other characters is unknown, so they are escaped.
    const line = printable(secrets.mask(plainLine({ ...progress, elapsed: progress.elapsed + clock.now() - at })));
    const width = (output.columns || WIDTH) - 1;
    output.raw(`${ERASE}${line.length > width ? `${line.slice(0, Math.max(0, width - 1))}~` : line}`);
  }
}
