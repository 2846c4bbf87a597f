import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How a job ended, and what it took with everything that it started.
 */
export interface Outcome {
  /** Nothing when it was killed. */
  readonly status: number | null;
  /** stdout and stderr, as they came. */
  readonly said: ReadonlyArray<{ readonly at: number; readonly text: string }>;
  readonly output: string;
  /** Wall clock, in seconds. */
  readonly seconds: number;
  /** User and system, in seconds. */
  readonly cpu: number;
  /** Of the largest process, in MB. */
  readonly memory: number;
}

/**
 * A script that runs as the script of a CI job would.
 */
export class Job {
  public readonly ended: Promise<Outcome>;
  private readonly process: ChildProcess;
  private readonly said: Array<{ at: number; text: string }> = [];

  public constructor(private readonly folder: string, script: string, variables: Readonly<Record<string, string>>) {
    // GNU time counts what is waited for: bash, and all that bash starts.
    const args = ['--quiet', '-f', '%U %S %M', '-o', this.usageFile, 'bash', '-o', 'pipefail', '-c', script];
    const begun = performance.now();
    this.process = spawn(GNU_TIME, args, { cwd: folder, env: variables, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.said.push({ at: performance.now(), text }));
    }
    this.ended = this.outcome(begun);
  }

  /** As the end of a runner does it: everything at once, and nothing is asked. */
  public kill(): void {
    process.kill(-this.process.pid!, 'SIGKILL');
  }

  private async outcome(begun: number): Promise<Outcome> {
    const [status] = await once(this.process, 'close') as [number | null];
    const seconds = (performance.now() - begun) / 1000;
    const [user = NaN, system = NaN, kilobytes = NaN] = status === null ? [] : readFileSync(this.usageFile, 'utf8').trim().split(' ').map(Number);
    const output = this.said.map(({ text }) => text).join('');
    return { status, said: this.said, output, seconds, cpu: user + system, memory: kilobytes / 1000 };
  }

  private get usageFile(): string {
    return join(this.folder, 'usage');
  }
}

export const GNU_TIME = '/usr/bin/time';
