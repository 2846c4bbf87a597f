import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The SHA-256 of this package's command, in hex: a deploy job runs that one and no other.
 */
export function commandSha256(): string {
  const file = [join(__dirname, '..', '..', 'cli', 'main.js'), join(__dirname, '..', '..', '..', 'lib', 'cli', 'main.js')].find((name) => existsSync(name));
  if (file === undefined) throw new Error('the command is not compiled');
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
