import { Kubeconfig } from '../../src';
import { administratorConnection } from '../../src/cli/cluster/administrator';
import { ClientOptions } from '../../src/cli/cluster/api-client';
import { connectCluster } from '../../src/cli/cluster/connect';
import { Connection } from '../../src/cli/cluster/connection';
import { credentialConnection } from '../../src/cli/cluster/credential';
import { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';
import { systemClock } from '../../src/cli/io/clock';
import { Files } from '../../src/cli/io/files';
import { SafeOutput } from '../../src/cli/io/safe-output';

const files = new Files({ cwd: __dirname, stdin: process.stdin });

/** A signal that is never aborted: only `close` ends the client. */
const unbounded = (): ClientOptions => ({ variables: {}, clock: systemClock, signal: new AbortController().signal });

/**
 * The command's client with the rights of a cluster's administrator. The caller must close it.
 *
 * @param kubeconfig The path of the administrator's kubeconfig.
 * @param parts Settings of the connection that replace those of the file.
 */
export async function administratorClient(
  kubeconfig: string, parts: Partial<Connection> = {}, options: Partial<ClientOptions> = {},
): Promise<KubernetesClient> {
  const context = { ...unbounded(), ...options };
  const stderr = new SafeOutput({ write: () => undefined });
  const { connection } = await administratorConnection({ ...context, files, cwd: __dirname, stderr }, { kubeconfig });
  return connectCluster({ ...connection, ...parts }, context);
}

/**
 * The command's client with the credential of a job. The caller must close it.
 */
export function jobClient(kubeconfig: Kubeconfig): KubernetesClient {
  return connectCluster(credentialConnection(kubeconfig, files), unbounded());
}
