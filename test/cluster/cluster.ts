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

/** What a run of a program gave. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The cluster of E2E_KUBECONFIG with the nodes that it has, else a control plane that is started for the caller, who must stop it.
 */
export async function startCluster(options: ControlPlaneOptions = {}, variables = process.env): Promise<Cluster> {
  const existing = variables.E2E_KUBECONFIG;
  if (!existing) return startControlPlane(controlPlanePrograms(variables), options);
  if (!existsSync(existing)) throw new Error(`E2E_KUBECONFIG is ${existing}, and there is no such file`);
  if (options.apiServerFlags) throw new Error('the cluster of E2E_KUBECONFIG runs already and takes no flags: this needs startControlPlane()');
  return { kubeconfig: resolve(existing), stop: async () => undefined };
}

/**
 * Runs kubectl with a kubeconfig: the one that the tests compare with, or another.
 */
export function tryKubectl(kubeconfig: string, args: readonly string[], stdin = '', program = kubectl()): Outcome {
  // kubectl's cache of discovery goes by host and port, which another cluster may have had.
  const env = { ...NO_CLUSTER, KUBECONFIG: kubeconfig, KUBECACHEDIR: devNull };
  const { status, stdout, stderr, error } = spawnSync(program, args, { input: stdin, encoding: 'utf8', env, timeout: 200_000, maxBuffer: 64e6 });
  if (error) throw error;
  return { status, stdout, stderr };
}

/**
 * What kubectl prints. Throws with its stderr when it fails.
 */
export function runKubectl(kubeconfig: string, args: readonly string[], stdin?: string): string {
  const { status, stdout, stderr } = tryKubectl(kubeconfig, args, stdin);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || `status ${status}`}`);
  return stdout;
}
