import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The SHA-256 of this package's command, in hex: a deploy job runs that one and no other.
 */
export function commandSha256(): string {
  known ??= createHash('sha256').update(readFileSync(join(packageFolder(__dirname), 'lib', 'cli', 'main.js'))).digest('hex');
  return known;
}

/** It does not change while a program runs, which may write many pipelines. */
let known: string | undefined;

/** This file is in lib/private/pipeline, and in the command itself, which is lib/cli/main.js. */
function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}
