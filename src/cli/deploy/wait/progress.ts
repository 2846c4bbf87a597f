import type { Progress } from './rollout';
import { printable } from '../../../base/printable';
import { CiVariables, isCi } from '../../../gitlab/ci-variables';
import { seconds } from '../../base/duration';
import type { Clock, Output } from '../../base/host';

/**
 * Shows how far a rollout is.
 */
export interface ProgressOutput {
  show(progress: Progress): void;
  /** Takes away what is not to stay: before anything else is written, too. */
  end(): void;
}

export interface ProgressOptions {
  readonly output: Output;
  readonly clock: Clock;
  readonly variables: CiVariables;
  /** Whether more is written meanwhile than this knows of. */
  readonly isShared: boolean;
}

/**
 * On a terminal one line that changes, elsewhere a line for every change. Troubles are lines of their own in both.
 */
export function progressOutput(options: ProgressOptions): ProgressOutput {
  const { output } = options;
  return isLive(options) ? new LiveLine(options) : { show: (progress) => output.write(`${plainLine(progress)}\n`), end: () => undefined };
}

/** Whoever wants no colours, or whose terminal cannot do anything but print, gets no control sequences. */
function isLive({ output, variables, isShared }: ProgressOptions): boolean {
  return !isShared && !isCi(variables) && !variables.NO_COLOR && variables.TERM !== 'dumb' && output.isTTY === true;
}

/** `12 s  1/3 ready  Deployment web: 1 of 2 updated replicas are available`. */
function plainLine({ elapsed, ready, total, workload, state, words }: Progress): string {
  return `${seconds(elapsed).padStart(6)}  ${ready}/${total} ready  ${workload}${state === 'trouble' ? ', ' : ': '}${words}`;
}

/** Erases the line that the cursor is in. */
const ERASE = '\r\u001b[2K';

/** How wide a terminal is that does not say so. */
const WIDTH = 80;

/** Milliseconds. */
const TICK = 1_000;

class LiveLine implements ProgressOutput {
  private shown?: { readonly progress: Progress; readonly at: number };
  private ticking?: AbortController;

  public constructor(private readonly options: ProgressOptions) {}

  public show(progress: Progress): void {
    const { output, clock } = this.options;
    if (progress.state === 'trouble') output.write(`${ERASE}${plainLine(progress)}\n`);
    else this.shown = { progress, at: clock.now() };
    this.draw();
    if (!this.ticking) void this.tick();
  }

  public end(): void {
    this.ticking?.abort();
    this.ticking = undefined;
    if (this.shown) this.options.output.write(ERASE);
    this.shown = undefined;
  }

  /** So that it can be seen that time goes on. */
  private async tick(): Promise<void> {
    const { signal } = this.ticking = new AbortController();
    const slept = async () => this.options.clock.sleep(TICK, signal).then(() => true, () => false);
    while (await slept()) this.draw();
  }

  private draw(): void {
    if (!this.shown) return;
    const { output, clock } = this.options;
    const { progress, at } = this.shown;
    // A line that breaks could not be erased, and how wide other letters are is not known.
    const line = printable(plainLine({ ...progress, elapsed: progress.elapsed + clock.now() - at }));
    const width = (output.columns || WIDTH) - 1;
    output.write(`${ERASE}${line.length > width ? `${line.slice(0, Math.max(0, width - 1))}~` : line}`);
  }
}
