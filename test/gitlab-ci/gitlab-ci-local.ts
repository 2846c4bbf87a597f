import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needDebianPackages, PackageFiles } from '../cluster/debian';
import { cachedFolder } from '../support/npm-tool';

/**
 * Installs missing programs for running the jobs of a pipeline.
 *
 * @param tools Programs that the jobs need.
 */
export function prepareRunner(tools: PackageFiles = {}): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('cannot run pipelines: buildah needs Linux and root to mount file systems');
  needDebianPackages({ ...PACKAGES, ...tools });
  gitlabCiLocal();
}

/** gitlab-ci-local copies tracked files with rsync. */
const PACKAGES: PackageFiles = { git: '/usr/bin/git', rsync: '/usr/bin/rsync' };

/**
 * The path of gitlab-ci-local's script for Node.
 */
export function gitlabCiLocal(): string {
  return join(gitlabCiLocalFolder(), 'node_modules', 'gitlab-ci-local', 'src', 'index.js');
}

/**
 * The folder of gitlab-ci-local and its dependencies, in the versions of the lock file. The first call on a machine downloads them (18 MB).
 */
export function gitlabCiLocalFolder(): string {
  const lock = readFileSync(join(MODULE, 'package-lock.json'));
  const id = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  return cachedFolder(`gitlab-ci-local-${id}`, install);
}

const MODULE = join(__dirname, 'gitlab-ci-local');

function install(folder: string): void {
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(MODULE, name), join(folder, name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
