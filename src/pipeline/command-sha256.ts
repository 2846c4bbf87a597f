import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The SHA-256 of this package's command, in hexadecimal digits. Deploy jobs compare it with the command that they are about to run.
 */
export function commandSha256(): string {
  known ??= createHash('sha256').update(readFileSync(join(packageFolder(__dirname), 'lib', 'cli', 'main.js'))).digest('hex');
  return known;
}

/** A program may write many pipelines, and the command does not change meanwhile. */
let known: string | undefined;

/** The nearest folder with a package.json. The bundled command runs this function from another folder than the library. */
function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}
