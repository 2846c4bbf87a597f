import { existsSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf, makeFolders, NOT_REGULAR, writeAtomically, WriteOptions } from './atomic-write';
import { systemClock } from './clock';
import { NO_WRITER, readAny, readRegular } from './read-file';
import { StandardInput } from './standard-input';
import { cryptoModule } from '../../base/lazy-modules';
import { printableText } from '../../base/printable';
import { UserError } from '../../base/user-error';
import type { Host } from '../base/host';

/**
 * The file system, and standard input as the file `-`. Relative names start at the current folder.
 */
export class Files {
  private readonly stdin: StandardInput;

  public constructor(private readonly host: Pick<Host, 'cwd' | 'stdin'> & Partial<Pick<Host, 'clock' | 'signal'>>) {
    this.stdin = new StandardInput(host.stdin);
  }

  /**
   * Whether a person would have to type what `read('-')` reads.
   */
  public get stdinIsTerminal(): boolean {
    return this.stdin.isTerminal;
  }

  /**
   * The next line of standard input, trimmed. At the end of the input: the last unfinished line, or an empty text.
   */
  public async readLine(): Promise<string> {
    return this.stdin.readLine();
  }

  /**
   * The content of a file, pipe or device, or of standard input (`-`). While it waits for the writer of a pipe, the command can be stopped.
   *
   * @throws `UserError` when it cannot be read, is larger than 8 MiB, or is a pipe without a writer.
   */
  public async read(name: string): Promise<Buffer> {
    if (name === '-') return this.stdin.read();
    try {
      return await readAny(name, this.absolute(name), { clock: systemClock, ...this.host });
    } catch (error) {
      throw this.error('read', name, codeOf(error)) ?? error;
    }
  }

  /**
   * The content of a regular file.
   *
   * @throws `UserError` when it is another kind of file, cannot be read, or is larger than 8 MiB.
   */
  public readRegular(name: string): Buffer {
    return this.explaining('read', name, (file) => readRegular(name, file));
  }

  /**
   * Whether a file is in a folder or below it, after all symbolic links are followed. A broken link counts as within.
   */
  public isWithin(folder: string, name: string): boolean {
    if (!this.exists(name)) return true;
    const way = relative(realpathSync(this.absolute(folder)), realpathSync(this.absolute(name)));
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  }

  /**
   * A short hash of the absolute path. It identifies a file without showing its location on this machine.
   */
  public fingerprint(name: string): string {
    return cryptoModule().createHash('sha256').update(this.absolute(name)).digest('hex').slice(0, 8);
  }

  /**
   * Whether a file or folder of that name exists.
   */
  public exists(name: string): boolean {
    return existsSync(this.absolute(name));
  }

  /**
   * Whether a file or folder exists and belongs to the current user. Like git, the command trusts no repository of another user.
   * Windows shows no owner: there, every existing file counts as the user's own.
   */
  public isOwn(name: string): boolean {
    const found = statSync(this.absolute(name), { throwIfNoEntry: false });
    return found !== undefined && (process.getuid === undefined || found.uid === process.getuid());
  }

  /**
   * @throws `UserError` when a file or folder of that name exists.
   */
  public checkNew(name: string): void {
    if (lstatSync(this.absolute(name), { throwIfNoEntry: false })) throw this.error('write', name, 'EEXIST');
  }

  /**
   * Writes a file completely or not at all.
   *
   * @throws `UserError` when it cannot be written.
   */
  public write(name: string, text: string, options: WriteOptions = {}): void {
    this.explaining('write', name, (file) => writeAtomically(file, text, options));
  }

  /**
   * Creates a folder and its parents, unless it exists.
   */
  public makeFolder(name: string): void {
    this.explaining('write', name, makeFolders);
  }

  /**
   * The sorted content of a folder, with names for `read`. `undefined` when there is no such folder.
   */
  public list(name: string): Array<{ readonly name: string; readonly isFolder: boolean }> | undefined {
    return this.explaining('read', name, (folder) => {
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
      const names = readdirSync(folder).sort();
      return names.map((entry) => join(name, entry)).map((entry) => ({ name: entry, isFolder: this.isFolder(entry) }));
    });
  }

  /**
   * Runs an action with a temporary folder that only the current user can read, then deletes the folder.
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

  /** Does not follow symbolic links: a link may lead back to its own folder. */
  private isFolder(name: string): boolean {
    return lstatSync(this.absolute(name)).isDirectory();
  }

  private explaining<T>(verb: 'read' | 'write', name: string, action: (file: string) => T): T {
    try {
      return action(this.absolute(name));
    } catch (error) {
      throw this.error(verb, name, codeOf(error)) ?? error;
    }
  }

  /** Explains an error code of the system. `undefined` for an unknown code. */
  private error(verb: 'read' | 'write', name: string, code: string): UserError | undefined {
    const problem = PROBLEMS.get(code);
    const shown = printableText(name);
    if (code === 'EEXIST') return new UserError(`file exists: ${shown}. Choose another name, or replace it with --force`);
    if (code === NOT_REGULAR && verb === 'read') return new UserError(`cannot read ${shown}: it is not a regular file. Name a file, or pipe it into standard input (-)`);
    if (code === NO_WRITER) return new UserError(`cannot read ${shown}: no program writes into this pipe. Name a file`);
    if (code === 'ENOENT' && verb === 'read') return new UserError(`file not found: ${shown}. Check the name${isAbsolute(name) ? '' : `: it is relative to ${printableText(this.host.cwd)}`}`);
    if (code === 'ENOENT') return new UserError(`cannot write ${shown}: its folder does not exist. Create it first: mkdir -p ${printableText(dirname(name))}`);
    return problem === undefined ? undefined : new UserError(`cannot ${verb} ${shown}: ${problem}`);
  }
}

/** By the system's error code: the reason and a way out. */
const PROBLEMS = new Map([
  ['ENOTDIR', 'a part of its path is not a folder. Check the name'],
  ['EISDIR', 'it is a folder. Name a file'],
  [NOT_REGULAR, 'it is not a regular file. Choose another name'],
  ['EACCES', 'permission denied. Run the command as a user with access, or choose another file'],
  ['EPERM', 'the system does not permit it. Choose another file'],
  ['EROFS', 'the file system is read-only. Choose another folder'],
  ['ENOSPC', 'the disk is full. Free some space'],
  ['ENAMETOOLONG', 'the name is too long. Choose a shorter one'],
  ['ELOOP', 'its symbolic links form a circle. Name the real file'],
]);
