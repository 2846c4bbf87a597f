import { Processes } from './processes';
import { startRegistry } from './registry';

/**
 * Who may push to and pull from a registry that is locked.
 */
export const LOCKED = { username: 'ci', password: 's3cret-of-the-registry' } as const;

/** That user and the bcrypt hash of the password. */
const USER = 'ci:$2b$04$r6rGeAcUgqXM2/5HbPmizewXKvLaGHwEwPDs4eE87XuzTMASdj8gm';

/**
 * Starts a registry on this machine that wants a password for everything.
 *
 * @returns `127.0.0.1:PORT`, by plain HTTP
 */
export async function startLockedRegistry(processes: Processes): Promise<string> {
  return (await startRegistry(processes, { name: 'locked', user: USER })).address;
}
