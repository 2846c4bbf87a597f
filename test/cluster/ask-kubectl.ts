import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Outcome } from './cluster';
import { kubectl, NO_CLUSTER } from '../support/kubectl';

/**
 * Runs kubectl with a kubeconfig without blocking this process, for tests that serve its requests.
 */
export async function askKubectl(kubeconfig: string, args: readonly string[], { stdin, variables = {} }: AskOptions = {}): Promise<Outcome> {
  // kubectl caches discovery by host and port, which an earlier cluster may have used.
  return run(kubectl(), args, { ...NO_CLUSTER, KUBECONFIG: kubeconfig, KUBECACHEDIR: devNull, ...variables }, stdin);
}

/**
 * Runs the command in a process of its own without blocking this one, for variables that Node reads only at its start.
 */
export async function askCommand(args: readonly string[], { stdin, variables = {} }: AskOptions = {}): Promise<Outcome> {
  return run(process.execPath, ['--require', require.resolve('tsx/cjs'), MAIN, ...args], { PATH: process.env.PATH, ...variables }, stdin);
}

const MAIN = join(__dirname, '..', '..', 'src', 'cli', 'main.ts');

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, stdin = ''): Promise<Outcome> {
  const running = spawn(program, args, { env, stdio: 'pipe', timeout: 200_000 });
  running.stdin.on('error', () => undefined).end(stdin);
  const [stdout, stderr, [status]] = await Promise.all([text(running.stdout), text(running.stderr), once(running, 'close')]);
  return { status, stdout, stderr };
}

export interface AskOptions {
  readonly stdin?: string;
  readonly variables?: Readonly<Record<string, string>>;
}
