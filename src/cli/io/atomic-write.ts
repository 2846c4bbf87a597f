import {
  chmodSync, constants, copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * How to write a file.
 */
export interface WriteOptions {
  /** Only the owner may read the file. An existing file stays, unless `force` is set. */
  readonly secret?: boolean;
  /** Replaces an existing file. */
  readonly force?: boolean;
}

/** The code of the error for a target that is a folder, pipe or device. */
export const NOT_REGULAR = 'ENOTREG';

/**
 * Writes a file completely or not at all: into a temporary file, which then takes its name. An existing file keeps its mode and its symbolic link.
 *
 * @throws Node's error, or one with the code `NOT_REGULAR`.
 */
export function writeAtomically(file: string, text: string, { secret = false, force = false }: WriteOptions): void {
  const target = secret || !existsSync(file) ? file : realpathSync(file);
  const existing = lstatSync(target, { throwIfNoEntry: false });
  if (existing && !existing.isFile()) throw Object.assign(new Error('not a regular file'), { code: NOT_REGULAR });
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${Date.now().toString(36)}`);
  try {
    writeFileSync(temporary, text, { mode: secret ? 0o600 : 0o666, flag: 'wx' });
    if (existing && !secret) chmodSync(temporary, existing.mode);
    if (secret && !force) placeNew(temporary, target);
    else renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Creates a folder and its parents. Node's `recursive` does not end in file systems without folders, such as /proc.
 */
export function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder);
}

/**
 * The code of an error of Node, such as `ENOENT`, or an empty text.
 */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Gives the file its name. Fails when the target exists, even if another process creates it at this moment. */
function placeNew(temporary: string, target: string): void {
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // The file system has no hard links.
    copyFileSync(temporary, target, constants.COPYFILE_EXCL);
  }
}
