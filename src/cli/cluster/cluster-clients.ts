import { administratorConnection } from './administrator';
import { withClient } from './connect';
import type { KubernetesClient } from './kubernetes-client';
import type { ClusterParts } from '../../kubeconfig/entries';
import type { Context } from '../command-line/command';
import { CONNECTION_VARIABLES } from '../command-line/options';
import type { Options } from '../command-line/options';

/** The options of commands for administrators: the cluster, and the log of requests. */
export const ADMINISTRATOR_OPTIONS: Options = [
  ['kubeconfig', { takes: 'FILE', group: 'Cluster', summary: 'your own kubeconfig (default: the files in KUBECONFIG, then ~/.kube/config)' }],
  ['context', { takes: 'NAME', group: 'Cluster', summary: 'its context (default: the current context)' }],
  ['debug', { group: 'Output', summary: 'print each request to the API server and its status to standard error' }],
];

/** The variables of commands for administrators. */
export const ADMINISTRATOR_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['KUBECONFIG', 'your own kubeconfigs, without --kubeconfig'],
  ['HOME, USERPROFILE', 'the folder of .kube/config, without both'],
  ...CONNECTION_VARIABLES,
]);

/**
 * A cluster as its administrator reaches it.
 */
export interface Administrator {
  readonly cluster: KubernetesClient;
  /** The cluster for the kubeconfig of a new credential. */
  readonly reference: ClusterParts;
  /** For people: the context and the address. */
  readonly description: string;
}

/**
 * Runs an action with the administrator's kubeconfig that the options name.
 *
 * @throws `UserError`, before it connects, when that kubeconfig is not safe to use.
 */
export async function asAdministrator<T>(context: Context, action: (administrator: Administrator) => Promise<T>): Promise<T> {
  const { args } = context;
  const options = { kubeconfig: args.one('kubeconfig'), context: args.one('context') };
  const { connection, cluster: reference, description } = await administratorConnection(context, options);
  return withClient(context, connection, async (cluster) => action({ cluster, reference, description }));
}
