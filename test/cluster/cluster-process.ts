import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Lets Node run TypeScript without the command tsx, which would be a parent process. */
export const TSX = require.resolve('tsx/cjs');

/**
 * The process of `npm run cluster`, after it has printed the next steps.
 */
export class ClusterProcess {
  public static async start(...args: string[]): Promise<ClusterProcess> {
    const child = spawn(process.execPath, ['--require', TSX, join(__dirname, 'play.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const text = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (data) => {
        said += data;
        if (said.includes('Ctrl-C stops')) resolve(said);
      });
      child.once('exit', () => reject(new Error(`it ended: ${said}`)));
    });
    return new ClusterProcess(child, text);
  }

  private constructor(private readonly child: ChildProcess, public readonly text: string) {}

  public get kubeconfig(): string {
    return /export KUBECONFIG=(.+)/.exec(this.text)![1]!;
  }

  /** Sends a signal. Resolves with the exit status, or with the signal that ended the process. */
  public async end(signal: NodeJS.Signals): Promise<number | string> {
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [status, died] = await exited;
    return status ?? died;
  }

  public kill(): void {
    this.child.kill('SIGKILL');
  }
}
