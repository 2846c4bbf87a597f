import { dirname, join } from 'node:path';
import type { Context } from '../command-line/command';
import type { Files } from '../io/files';

/**
 * A git remote on a server.
 */
export interface GitRemote {
  /** The server without user name and path: `https://gitlab.example.com`. For an ssh address it is a guess. */
  readonly server: URL;
  /** The path without `.git`: `group/site`. */
  readonly path: string;
}

/**
 * The remote `origin` of the repository around the current folder. `undefined` without a repository or without a remote on a server.
 * It reads the repository's configuration file without starting git, so it ignores `insteadOf` in the user's configuration.
 * It ignores a repository of another user: that user would decide where the token is sent.
 */
export async function gitOrigin({ cwd, files }: Pick<Context, 'cwd' | 'files'>): Promise<GitRemote | undefined> {
  const git = findGit(cwd, files);
  if (git === undefined || !files.isOwn(git)) return undefined;
  const config = join(await repositoryOf(git, files), 'config');
  return files.isOwn(config) ? parseOrigin(await readText(config, files)) : undefined;
}

/**
 * Parses the address of a git remote, without its user name and password.
 */
export function remoteOf(address: string): GitRemote | undefined {
  if (/^(?:https?|ssh):\/\//i.test(address)) return URL.canParse(address) ? remoteOfUrl(new URL(address)) : undefined;
  const [, host, path] = /^(?:[^@/:]+@)?([A-Za-z0-9][A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  return host !== undefined && path !== undefined && URL.canParse(`https://${host}`) ? remote(new URL(`https://${host}`), path) : undefined;
}

function remoteOfUrl({ protocol, hostname, host, pathname }: URL): GitRemote | undefined {
  const server = protocol === 'ssh:' ? `https://${hostname}` : `${protocol}//${host}`;
  return hostname === '' ? undefined : remote(new URL(server), pathname);
}

function remote(server: URL, path: string): GitRemote {
  return { server, path: path.replace(/^\/+/, '').replace(/(?<!\/)\/+$/, '').replace(/\.git$/, '') };
}

function findGit(folder: string, files: Files): string | undefined {
  const git = join(folder, '.git');
  if (files.exists(git)) return git;
  return dirname(folder) === folder ? undefined : findGit(dirname(folder), files);
}

/** In a worktree or submodule, `.git` is a file that names the repository. */
async function repositoryOf(git: string, files: Files): Promise<string> {
  if (files.exists(join(git, 'config'))) return git;
  const elsewhere = /^gitdir: (.+)$/m.exec(await readText(git, files))?.[1] ?? '';
  const folder = absolute(dirname(git), elsewhere.trim());
  const common = join(folder, 'commondir');
  return files.exists(common) ? absolute(folder, (await readText(common, files)).trim()) : folder;
}

function absolute(folder: string, path: string): string {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(path) ? path : join(folder, path);
}

function parseOrigin(config: string): GitRemote | undefined {
  let section = '';
  for (const line of config.split(/\r?\n/)) {
    section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
    const address = section === 'remote "origin"' ? valueOf(line, 'url') : undefined;
    if (address !== undefined) return remoteOf(address);
  }
  return undefined;
}

/** The value of a line `key = value` or `key = "value"`. */
function valueOf(line: string, key: string): string | undefined {
  const [name = '', ...rest] = line.split('=');
  if (name.trim() !== key || rest.length === 0) return undefined;
  const value = rest.join('=').trim().replace(/^"/, '').replace(/"$/, '');
  return value.includes('"') ? undefined : value;
}

async function readText(name: string, files: Files): Promise<string> {
  return (await files.read(name)).toString('utf8');
}
