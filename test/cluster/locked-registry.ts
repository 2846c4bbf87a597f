import { Processes } from './processes';
import { startRegistry } from './registry';

/**
 * The user who may push to and pull from a locked registry.
 */
export const LOCKED = { username: 'ci', password: 's3cret-of-the-registry' } as const;

/** The line of the htpasswd file: the user and the bcrypt hash of the password. */
const USER = 'ci:$2b$04$r6rGeAcUgqXM2/5HbPmizewXKvLaGHwEwPDs4eE87XuzTMASdj8gm';

/**
 * Starts a registry on this machine that requires a password for every request.
 *
 * @returns The address `127.0.0.1:PORT`, for plain HTTP.
 */
export async function startLockedRegistry(processes: Processes): Promise<string> {
  return (await startRegistry(processes, { name: 'locked', user: USER })).address;
}
