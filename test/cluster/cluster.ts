import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { resolve } from 'node:path';
import { ControlPlane, ControlPlaneOptions, startControlPlane } from './control-plane';
import { controlPlanePrograms } from './programs';
import { kubectl, NO_CLUSTER } from '../support/kubectl';

/**
 * A cluster and its administrator's kubeconfig.
 */
export type Cluster = Pick<ControlPlane, 'kubeconfig' | 'registry' | 'kubectl' | 'stop'>;

/** The result of a program. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Gives the cluster of E2E_KUBECONFIG with its nodes, or else starts a control plane. The caller must stop it.
 */
export async function startCluster(options: ControlPlaneOptions = {}, variables = process.env): Promise<Cluster> {
  const existing = variables.E2E_KUBECONFIG;
  if (!existing) return startControlPlane(controlPlanePrograms(variables), options);
  if (!existsSync(existing)) throw new Error(`E2E_KUBECONFIG is ${existing}, and there is no such file`);
  if (options.apiServerFlags) throw new Error('the cluster of E2E_KUBECONFIG runs already and takes no flags: this needs startControlPlane()');
  return { kubeconfig: resolve(existing), stop: async () => undefined };
}

/**
 * Runs kubectl with a kubeconfig. By default it is the pinned kubectl of the tests.
 */
export function tryKubectl(kubeconfig: string, args: readonly string[], stdin = '', program = kubectl()): Outcome {
  // kubectl caches discovery by host and port, which an earlier cluster may have used.
  const env = { ...NO_CLUSTER, KUBECONFIG: kubeconfig, KUBECACHEDIR: devNull };
  const { status, stdout, stderr, error } = spawnSync(program, args, { input: stdin, encoding: 'utf8', env, timeout: 200_000, maxBuffer: 64e6 });
  if (error) throw error;
  return { status, stdout, stderr };
}

/**
 * Runs kubectl and gives its output.
 *
 * @throws An error with the stderr of kubectl when it fails.
 */
export function runKubectl(kubeconfig: string, args: readonly string[], stdin?: string): string {
  const { status, stdout, stderr } = tryKubectl(kubeconfig, args, stdin);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || `status ${status}`}`);
  return stdout;
}
