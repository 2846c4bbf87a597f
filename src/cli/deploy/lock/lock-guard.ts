import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { Connection } from '../../cluster/connection';

/**
 * The job no longer holds the lock: another job may be deploying.
 */
export class LockLost extends Failure {
  public override readonly name = 'LockLost';

  public constructor(at: string, why: string) {
    super(`${at}: the lock of this deployment is lost, and nothing more is written: ${why}`, ExitCode.UNREACHABLE);
  }
}

/**
 * A connection that writes only while a lock is held, and sends nothing after the lock is lost or released. It may read before the lock is held.
 *
 * The lock is checked twice: a request waits for its turn and for its connection, and the process may be paused in between.
 */
export function guardedByLock(connection: Connection, lock: { assertMaySend(writes: boolean): void }): Connection {
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
