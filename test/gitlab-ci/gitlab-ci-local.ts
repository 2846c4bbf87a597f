import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needDebianPackages, PackageFiles } from '../cluster/debian';
import { cachedFolder } from '../support/npm-tool';

/**
 * Fetches and installs what is missing to run the jobs of a pipeline.
 *
 * @param tools what the jobs themselves need
 */
export function prepareRunner(tools: PackageFiles = {}): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('pipelines are run on Linux as root: buildah mounts');
  needDebianPackages({ ...PACKAGES, ...tools });
  gitlabCiLocal();
}

/** gitlab-ci-local copies what git tracks by rsync. */
const PACKAGES: PackageFiles = { git: '/usr/bin/git', rsync: '/usr/bin/rsync' };

/**
 * The script of gitlab-ci-local, to be run by Node.
 */
export function gitlabCiLocal(): string {
  return join(gitlabCiLocalFolder(), 'node_modules', 'gitlab-ci-local', 'src', 'index.js');
}

/**
 * Where it is installed with what it depends on, as its lock file has it. The first call on a machine fetches that (18 MB).
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
