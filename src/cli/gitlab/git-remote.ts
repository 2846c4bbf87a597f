import { dirname, join } from 'node:path';
import type { Context } from '../command-line/command';
import type { Files } from '../io/files';

/**
 * Where a repository is pushed to.
 */
export interface GitRemote {
  /** The server, without user name and path: `https://gitlab.example.com`. Of an ssh address it is a guess, usually right. */
  readonly server: URL;
  /** What follows, without `.git`: `group/site`. */
  readonly path: string;
}

/**
 * The remote `origin` of the repository around the current folder, if there is one and it is a server's.
 * Read from its configuration as it stands: no git is started, and what the user's own configuration replaces (`insteadOf`) is not looked at.
 * A repository of somebody else names no server, as the token would go there.
 */
export async function gitOrigin({ cwd, files }: Pick<Context, 'cwd' | 'files'>): Promise<GitRemote | undefined> {
  const git = gitAround(cwd, files);
  if (git === undefined || !files.isOwn(git)) return undefined;
  const config = join(await repositoryOf(git, files), 'config');
  return files.isOwn(config) ? originOf(await textOf(config, files)) : undefined;
}

/**
 * The remote of an address as git takes it. User names and passwords in it are left out.
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
  return { server, path: path.replace(/^\/+/, '').replace(/\/+$/, '').replace(/\.git$/, '') };
}

function gitAround(folder: string, files: Files): string | undefined {
  const git = join(folder, '.git');
  if (files.exists(git)) return git;
  return dirname(folder) === folder ? undefined : gitAround(dirname(folder), files);
}

/** A worktree and a submodule have a file in place of the folder, which says where the repository is. */
async function repositoryOf(git: string, files: Files): Promise<string> {
  if (files.exists(join(git, 'config'))) return git;
  const elsewhere = /^gitdir: (.+)$/m.exec(await textOf(git, files))?.[1] ?? '';
  const folder = absolute(dirname(git), elsewhere.trim());
  const common = join(folder, 'commondir');
  return files.exists(common) ? absolute(folder, (await textOf(common, files)).trim()) : folder;
}

function absolute(folder: string, path: string): string {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(path) ? path : join(folder, path);
}

function originOf(config: string): GitRemote | undefined {
  let section = '';
  for (const line of config.split(/\r?\n/)) {
    section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
    const address = /^\s*url\s*=\s*"?([^"]*?)"?\s*$/.exec(line)?.[1];
    if (section === 'remote "origin"' && address !== undefined) return remoteOf(address);
  }
  return undefined;
}

async function textOf(name: string, files: Files): Promise<string> {
  return (await files.read(name)).toString('utf8');
}
