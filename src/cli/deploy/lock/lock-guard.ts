import type { DeployLock } from './deploy-lock';
import type { Connection } from '../../cluster/connection';

/**
 * The connection of a client that writes: it does so only as long as a lock is held, and shows its credentials to nobody and sends nothing
 * afterwards. Before, it reads at most. Both are asked, since a request waits for its turn and for its connection, and the process may be paused
 * for as long as it does.
 */
export function guardedByLock(connection: Connection, lock: Pick<DeployLock, 'assertMaySend'>): Connection {
  const { description } = connection.credentials;
  return {
    ...connection,
    permit: (request) => {
      connection.permit?.(request);
      lock.assertMaySend(request.writes);
    },
    credentials: {
      description,
      present: async (renew) => {
        const presented = await connection.credentials.present(renew);
        lock.assertMaySend(false);
        return presented;
      },
    },
  };
}
