import { Kubeconfig } from '../../src';
import { administratorConnection } from '../../src/cli/cluster/administrator';
import { ClientOptions } from '../../src/cli/cluster/api-client';
import { connectCluster } from '../../src/cli/cluster/connect';
import { Connection } from '../../src/cli/cluster/connection';
import { credentialConnection } from '../../src/cli/cluster/credential';
import { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';
import { systemClock } from '../../src/cli/io/clock';
import { Files } from '../../src/cli/io/files';

const files = new Files({ cwd: __dirname, stdin: process.stdin });

/** Nothing ends it but that it is closed. */
const unbounded = (): ClientOptions => ({ variables: {}, clock: systemClock, signal: new AbortController().signal });

/**
 * The command's own client with the rights of a cluster's administrator, which the caller must close.
 *
 * @param kubeconfig The file.
 * @param parts How the cluster is reached, where that is not as the file says.
 */
export async function administratorClient(
  kubeconfig: string, parts: Partial<Connection> = {}, options: Partial<ClientOptions> = {},
): Promise<KubernetesClient> {
  const context = { ...unbounded(), ...options };
  const stderr = { write: () => undefined };
  const { connection } = await administratorConnection({ ...context, files, cwd: __dirname, stderr }, { kubeconfig });
  return connectCluster({ ...connection, ...parts }, context);
}

/**
 * The same with the credential of a job.
 */
export function jobClient(kubeconfig: Kubeconfig): KubernetesClient {
  return connectCluster(credentialConnection(kubeconfig, files), unbounded());
}
