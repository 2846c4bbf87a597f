import {
  chmodSync, closeSync, constants, copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readSync,
  realpathSync, renameSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { cryptoModule } from '../../base/lazy-modules';
import { userError } from '../../base/user-error';
import type { Host } from '../base/host';

/**
 * How a file is written.
 */
export interface WriteOptions {
  /** Nobody but the owner may read it, and an existing file is not replaced. */
  readonly secret?: boolean;
  /** Replace an existing file all the same. */
  readonly force?: boolean;
}

/** No file that a command reads is larger. */
const LARGEST = 8 * 1024 * 1024;

/**
 * The one door to the file system. A name `-` means standard input.
 */
export class Files {
  private typing?: AsyncIterator<Uint8Array>;
  private typed = '';

  public constructor(private readonly host: Pick<Host, 'cwd' | 'stdin'>) {}

  /**
   * Whether someone would have to type what is read from standard input.
   */
  public get stdinIsTerminal(): boolean {
    return this.host.stdin.isTTY ?? false;
  }

  /**
   * The content of a file, standard input, pipe or device, up to 8 MiB.
   */
  public async read(name: string): Promise<Buffer> {
    if (name === '-') return collect(this.host.stdin);
    try {
      return readWhole(name, this.absolute(name));
    } catch (error) {
      throw cannot('read', name, error);
    }
  }

  /**
   * A short text that stands for the place of a file on this machine, and does not tell it.
   */
  public fingerprint(name: string): string {
    return cryptoModule().createHash('sha256').update(this.absolute(name)).digest('hex').slice(0, 8);
  }

  /**
   * Whether there is something of that name.
   */
  public exists(name: string): boolean {
    return existsSync(this.absolute(name));
  }

  /**
   * Whether a file or folder is there and belongs to the user who runs this. What others have put there is not to be believed,
   * as git does not believe it. Windows does not tell; what is there counts as the user's own.
   */
  public isOwn(name: string): boolean {
    const found = statSync(this.absolute(name), { throwIfNoEntry: false });
    return found !== undefined && (process.getuid === undefined || found.uid === process.getuid());
  }

  /**
   * What someone types until the end of a line. At the end of the input it is what is left, or nothing.
   */
  public async readLine(): Promise<string> {
    this.typing ??= this.host.stdin[Symbol.asyncIterator]();
    while (!this.typed.includes('\n')) {
      const { done, value } = await this.typing.next();
      if (done) break;
      this.typed += Buffer.from(value).toString();
    }
    const end = this.typed.indexOf('\n') + 1 || this.typed.length;
    const line = this.typed.slice(0, end);
    this.typed = this.typed.slice(end);
    return line.trim();
  }

  /**
   * Refuses a name under which there is something already.
   */
  public checkNew(name: string): void {
    if (lstatSync(this.absolute(name), { throwIfNoEntry: false })) throw cannot('write', name, { code: 'EEXIST' });
  }

  /**
   * Writes a file whole or not at all.
   */
  public write(name: string, text: string, options: WriteOptions = {}): void {
    try {
      replace(name, this.absolute(name), text, options);
    } catch (error) {
      throw cannot('write', name, error);
    }
  }

  /**
   * Makes a folder, and those around it, unless it is there.
   */
  public makeFolder(name: string): void {
    try {
      makeFolders(this.absolute(name));
    } catch (error) {
      throw cannot('write', name, error);
    }
  }

  /**
   * What is in a folder, as names that `read` takes, in their order; nothing for anything but a folder.
   */
  public list(name: string): Array<{ readonly name: string; readonly isFolder: boolean }> | undefined {
    try {
      if (!statSync(this.absolute(name), { throwIfNoEntry: false })?.isDirectory()) return undefined;
      const names = readdirSync(this.absolute(name)).sort();
      return names.map((entry) => join(name, entry)).map((entry) => ({ name: entry, isFolder: isFolder(this.absolute(entry)) }));
    } catch (error) {
      throw cannot('read', name, error);
    }
  }

  /**
   * Does something with a new folder that nobody else may look into, and takes it away again.
   */
  public async withFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(tmpdir(), 'cdk8s-ci-deploy-'));
    try {
      return await action(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private absolute(name: string): string {
    return resolve(this.host.cwd, name);
  }
}

/** Node's own `recursive` does not end where a file system has no folders to make, such as /proc. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder);
}

/** A symbolic link is not followed: it may lead back to where it is. */
function isFolder(file: string): boolean {
  return lstatSync(file).isDirectory();
}

async function collect(stdin: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += chunk.length;
    if (size > LARGEST) throw tooLarge('standard input');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readWhole(name: string, file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(descriptor, chunk);
      size += length;
      if (length === 0) return Buffer.concat(chunks);
      if (size > LARGEST) throw tooLarge(name);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}

function tooLarge(name: string): Error {
  return userError({ at: name, given: 'it is larger than 8 MiB', expected: 'a smaller file', fix: 'give the right file' });
}

function replace(name: string, file: string, text: string, { secret = false, force = false }: WriteOptions): void {
  const target = secret || !existsSync(file) ? file : realpathSync(file);
  const existing = lstatSync(target, { throwIfNoEntry: false });
  if (existing && !existing.isFile()) throw userError({ at: name, given: 'it is not a regular file', expected: 'a new file', fix: 'name another one' });
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

/** Both ways fail when the target exists, also when it has appeared in this moment. */
function placeNew(temporary: string, target: string): void {
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    // A file system without hard links.
    copyFileSync(temporary, target, constants.COPYFILE_EXCL);
  }
}

const REASONS = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'you lack the permission'],
  ['EPERM', 'it is not permitted'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EEXIST', 'it exists already'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ELOOP', 'its symbolic links go round in a circle'],
]);

function cannot(verb: 'read' | 'write', name: string, error: unknown): unknown {
  const code = codeOf(error);
  const reason = REASONS.get(code);
  if (!reason) return error;
  const fix = code === 'EEXIST' ? 'name another one, or replace it by --force' : 'name another one';
  return userError({ at: name, given: `cannot ${verb} it, ${reason}`, expected: `a file to ${verb}`, fix });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
