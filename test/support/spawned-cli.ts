import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliResult } from './cli';

const MAIN = join(__dirname, '..', '..', 'lib', 'cli', 'main.js');

export interface SpawnOptions {
  /** A folder for these commands only. In it, `work` is the working folder, `home` is HOME and `tmp` is TMPDIR. */
  readonly folder: string;
  /** The environment variables of the command, in addition to PATH, HOME and TMPDIR. */
  readonly variables?: NodeJS.ProcessEnv;
}

/** The exit status, or the name of the signal that ended the process. */
export interface SpawnResult extends Omit<CliResult, 'code'> {
  readonly code: number | NodeJS.Signals;
}

/**
 * Runs the command in its own process, as users do.
 */
export class SpawnedCli {
  public static start(argv: readonly string[], options: SpawnOptions): SpawnedCli {
    if (!existsSync(MAIN)) throw new Error('the command is not built: run npm run compile');
    return new SpawnedCli(argv, options);
  }

  public static async run(argv: readonly string[], options: SpawnOptions): Promise<SpawnResult> {
    return SpawnedCli.start(argv, options).ended;
  }

  public stdout = '';
  public stderr = '';
  public readonly ended: Promise<SpawnResult>;
  private readonly child: ChildProcess;

  private constructor(argv: readonly string[], { folder, variables }: SpawnOptions) {
    const [cwd, HOME, TMPDIR] = ['work', 'home', 'tmp'].map((name) => join(folder, name)) as [string, string, string];
    for (const one of [cwd, HOME, TMPDIR]) mkdirSync(one, { recursive: true });
    const env = { PATH: process.env.PATH, HOME, TMPDIR, ...variables };
    this.child = spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, 'close').then(([status, signal]) => ({ code: status ?? signal, stdout: this.stdout, stderr: this.stderr }));
  }

  public get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when the process has ended. */
  public async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  /** Resolves when the standard error matches the pattern. */
  public async untilSaid(words: RegExp): Promise<void> {
    const running = this.ended.then(() => false);
    while (!words.test(this.stderr)) {
      const isRunning = await Promise.race([running, new Promise<true>((resolve) => setTimeout(resolve, 20, true))]);
      if (!isRunning && !words.test(this.stderr)) throw new Error(`it ended without saying ${words}:\n${this.stderr}`);
    }
  }
}
