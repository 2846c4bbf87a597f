import type { Progress } from './rollout';
import type { Output } from '../../host';
import { seconds } from '../../network/reason';

/**
 * Shows how far a rollout is.
 */
export interface ProgressOutput {
  show(progress: Progress): void;
  /** Takes away what is not to stay. */
  end(): void;
}

/**
 * On a terminal one line that changes, elsewhere a line for every change. Troubles are lines of their own in both.
 */
export function progressOutput(output: Output): ProgressOutput {
  return output.isTTY ? new LiveLine(output) : { show: (progress) => output.write(`${plainLine(progress)}\n`), end: () => undefined };
}

/** `12 s  1/3 ready  Deployment web: 1 of 2 updated replicas are available`. */
function plainLine({ elapsed, ready, total, workload, state, words }: Progress): string {
  return `${seconds(elapsed).padStart(6)}  ${ready}/${total} ready  ${workload}${state === 'trouble' ? ', ' : ': '}${words}`;
}

/** Erases the line that the cursor is in. */
const ERASE = '\r\u001b[2K';

/** How wide a terminal is at least: a longer line would break, and only its last part could be erased. */
const WIDTH = 79;

class LiveLine implements ProgressOutput {
  private line = '';

  public constructor(private readonly output: Output) {}

  public show(progress: Progress): void {
    const line = plainLine(progress);
    if (progress.state === 'trouble') this.output.write(`${ERASE}${line}\n${this.line}`);
    else this.draw(line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line);
  }

  public end(): void {
    if (this.line !== '') this.draw('');
  }

  private draw(line: string): void {
    this.line = line;
    this.output.write(`${ERASE}${line}`);
  }
}
