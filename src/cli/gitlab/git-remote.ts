import { dirname, join } from 'node:path';
import { InvalidInput } from '../../private/invalid-input';
import type { Context } from '../command';

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
 */
export async function gitOrigin({ cwd, files }: Pick<Context, 'cwd' | 'files'>): Promise<GitRemote | undefined> {
  const read = async (name: string) => textOf(files, name);
  for (let folder = cwd; ; folder = dirname(folder)) {
    const config = await configOf(join(folder, '.git'), read);
    if (config !== undefined) return originOf(config);
    if (dirname(folder) === folder) return undefined;
  }
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

/** A worktree and a submodule have a file in place of the folder, which says where the repository is. */
async function configOf(git: string, read: (name: string) => Promise<string | undefined>): Promise<string | undefined> {
  const config = await read(join(git, 'config'));
  if (config !== undefined) return config;
  const elsewhere = /^gitdir: (.+)$/m.exec(await read(git) ?? '')?.[1];
  if (elsewhere === undefined) return undefined;
  const folder = absolute(dirname(git), elsewhere);
  const common = await read(join(folder, 'commondir'));
  return read(join(common === undefined ? folder : absolute(folder, common.trim()), 'config'));
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

async function textOf(files: Context['files'], name: string): Promise<string | undefined> {
  try {
    return (await files.read(name)).toString('utf8');
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}
