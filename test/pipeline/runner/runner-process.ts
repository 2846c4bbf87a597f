import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { OUT_OF_SIGHT } from '../../cluster/image';

export interface RunnerOptions {
  /** The program. */
  readonly program: string;
  /** The folder for working copies. */
  readonly folder: string;
  /** The environment of the runner, which its jobs inherit. */
  readonly variables: NodeJS.ProcessEnv;
}

/**
 * A runner with the shell executor that takes one job and ends.
 */
export class RunnerProcess {
  /** What it prints itself. */
  public output = '';
  private readonly child: ChildProcess;

  constructor({ program, folder, variables }: RunnerOptions, url: string) {
    const args = [
      'run-single', '--url', url, '--token', 'glrt-token-of-the-runner', '--executor', 'shell', '--shell', 'bash',
      '--builds-dir', join(folder, 'builds'), '--cache-dir', join(folder, 'cache'), '--max-builds', '1', '--wait-timeout', '60',
      // A login shell sets PATH anew.
      '--env', `PATH=${variables.PATH}`,
    ];
    this.child = spawn('unshare', ['--mount', 'sh', '-c', OUT_OF_SIGHT, program, ...args], { cwd: folder, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => { this.output += text; });
  }

  public async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
  }

  /** Kills the runner without a chance to clean up. */
  public kill(): void {
    this.child.kill('SIGKILL');
  }
}
