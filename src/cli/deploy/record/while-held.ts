import type { DeployLock } from './deploy-lock';
import type { Connection } from '../../cluster/connection';

/**
 * The connection of a client that writes: it shows its credentials only as long as a lock is held, and sends nothing afterwards. Both are asked,
 * since a request waits for its turn and for its connection, and the process may be paused for as long as it does.
 */
export function whileHeld(connection: Connection, lock: Pick<DeployLock, 'assertHeld'>): Connection {
  const { description } = connection.credentials;
  return {
    ...connection,
    permit: () => lock.assertHeld(),
    credentials: {
      description,
      present: async (renew) => {
        const presented = await connection.credentials.present(renew);
        lock.assertHeld();
        return presented;
      },
    },
  };
}
