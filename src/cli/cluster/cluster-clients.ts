import { administratorConnection } from './administrator';
import { connectCluster } from './connect';
import type { Connection } from './connection';
import { credentialConnection } from './credential';
import type { KubernetesClient } from './kubernetes-client';
import type { ClusterParts } from '../../kubeconfig/entries';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import type { Option } from '../command-line/arguments';
import type { Context } from '../command-line/command';

/** Which cluster an administrator means, and how the talk with it is shown. */
export const ADMINISTRATOR_OPTIONS: ReadonlyArray<readonly [string, Option]> = [
  ['kubeconfig', { takes: 'FILE', summary: 'your own kubeconfig (default: what KUBECONFIG names, else ~/.kube/config)' }],
  ['context', { takes: 'NAME', summary: 'the context in it (default: the current one)' }],
  ['debug', { summary: 'say each request and its answer\'s status on standard error' }],
];

/**
 * A cluster with an administrator's own rights.
 */
export interface Administrator {
  readonly cluster: KubernetesClient;
  /** What a credential needs to know of the cluster. */
  readonly reference: ClusterParts;
  /** For people: the context and the address. */
  readonly description: string;
}

/**
 * Does something as the administrator whose kubeconfig the options name.
 *
 * @throws A refusal, before anything is contacted, when that file is not safe to use.
 */
export async function asAdministrator<T>(context: Context, action: (administrator: Administrator) => Promise<T>): Promise<T> {
  const { args } = context;
  const options = { kubeconfig: args.one('kubeconfig'), context: args.one('context') };
  const { connection, cluster: reference, description } = await administratorConnection(context, options);
  return during(context, connection, async (cluster) => action({ cluster, reference, description }));
}

/**
 * Does something with a credential's own rights.
 *
 * @param folder Where the relative name of a token's file starts.
 */
export async function withCredential<T>(
  context: Context, kubeconfig: Kubeconfig, action: (cluster: KubernetesClient) => Promise<T>, folder?: string,
): Promise<T> {
  return during(context, credentialConnection(kubeconfig, context.files, folder), action);
}

async function during<T>(context: Context, connection: Connection, action: (cluster: KubernetesClient) => Promise<T>): Promise<T> {
  const { args, stderr, variables, clock, signal } = context;
  const debug = args.has('debug') ? (line: string) => stderr.write(`${line}\n`) : undefined;
  const cluster = connectCluster(connection, { variables, clock, signal, debug });
  try {
    return await action(cluster);
  } finally {
    cluster.close();
  }
}
