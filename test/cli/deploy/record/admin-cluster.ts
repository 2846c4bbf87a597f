import { systemClock } from '../../../../src/cli/clock';
import { administratorConnection } from '../../../../src/cli/cluster/administrator';
import { Cluster } from '../../../../src/cli/cluster/cluster';
import { connectCluster } from '../../../../src/cli/cluster/connect';
import { Files } from '../../../../src/cli/files';

/**
 * A client of the administrator, which the caller must close.
 */
export async function adminCluster(kubeconfig: string): Promise<Cluster> {
  const context = {
    variables: {},
    clock: systemClock,
    signal: new AbortController().signal,
    cwd: __dirname,
    stderr: { write: () => undefined },
    files: new Files({ cwd: __dirname, stdin: process.stdin }),
  };
  const { connection } = await administratorConnection(context, { kubeconfig });
  return connectCluster(connection, context);
}
