import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { text } from 'node:stream/consumers';
import { Outcome } from './cluster';
import { kubectl, NO_CLUSTER } from '../support/kubectl';

/**
 * Runs kubectl with a kubeconfig, without blocking this process: for tests in which it is asked on the way.
 */
export async function askKubectl(kubeconfig: string, args: readonly string[], { stdin = '', variables = {} }: AskOptions = {}): Promise<Outcome> {
  // kubectl's cache of discovery goes by host and port, which another cluster may have had.
  const env = { ...NO_CLUSTER, KUBECONFIG: kubeconfig, KUBECACHEDIR: devNull, ...variables };
  const running = spawn(kubectl(), args, { env, stdio: 'pipe', timeout: 60_000 });
  running.stdin.on('error', () => undefined).end(stdin);
  const [stdout, stderr, [status]] = await Promise.all([text(running.stdout), text(running.stderr), once(running, 'close')]);
  return { status, stdout, stderr };
}

export interface AskOptions {
  readonly stdin?: string;
  readonly variables?: Readonly<Record<string, string>>;
}
