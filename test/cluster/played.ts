import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Makes Node itself run TypeScript, without the command tsx, which is a process in between. */
export const TSX = require.resolve('tsx/cjs');

/**
 * What `npm run cluster` runs, once it has said what to do next.
 */
export class Played {
  public static async start(...args: string[]): Promise<Played> {
    const child = spawn(process.execPath, ['--require', TSX, join(__dirname, 'play.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const text = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (data) => {
        said += data;
        if (said.includes('Ctrl-C stops')) resolve(said);
      });
      child.once('exit', () => reject(new Error(`it ended: ${said}`)));
    });
    return new Played(child, text);
  }

  private constructor(private readonly child: ChildProcess, public readonly text: string) {}

  public get kubeconfig(): string {
    return /export KUBECONFIG=(.+)/.exec(this.text)![1]!;
  }

  /** Resolves with its exit status, or the signal that it died of. */
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
