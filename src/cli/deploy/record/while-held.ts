import type { DeployLock } from './deploy-lock';
import type { Connection } from '../../cluster/connection';

/**
 * The connection of a client that writes: it shows its credentials only as long as a lock is held. They are asked for before each attempt,
 * so that a process that was paused in between sends nothing more.
 */
export function whileHeld(connection: Connection, lock: Pick<DeployLock, 'assertHeld'>): Connection {
  const { description } = connection.credentials;
  return {
    ...connection,
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
