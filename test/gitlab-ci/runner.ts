import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Registries } from './buildah-settings';
import { gitlabCiLocal } from './gitlab-ci-local';
import { Output } from './job-run';
import { machineVariables } from './machine';
import { Pipeline } from './pipeline';
import { Repository } from './repository';
import { CiVariable, PROJECT_URL } from './variables';
import { OUT_OF_SIGHT } from '../cluster/image';

/**
 * Runs jobs as GitLab's shell executor does: by bash, each in a folder of its own.
 */
export class Runner {
  private readonly variables: NodeJS.ProcessEnv;
  private clones = 0;

  constructor(private readonly folder: string, registries: Registries) {
    this.variables = machineVariables(folder, registries);
  }

  /** A pipeline of the newest commit, with a clone of its own. None of its jobs has run. */
  public pipeline(repository: Repository, variables: readonly CiVariable[]): Pipeline {
    this.clones += 1;
    const folder = join(this.folder, `pipeline-${this.clones}`);
    mkdirSync(folder);
    const clone = join(folder, 'site');
    repository.clone(clone, `${PROJECT_URL}.git`);
    return new Pipeline(clone, variables, (args) => this.spawn(clone, ['--home', folder, ...args]));
  }

  private async spawn(cwd: string, args: readonly string[]): Promise<Output & { status: number | null }> {
    const command = ['sh', '-c', OUT_OF_SIGHT, process.execPath, gitlabCiLocal(), ...OPTIONS, ...args];
    const child = spawn('unshare', ['--mount', ...command], { cwd, env: this.variables, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => { output[name] += text; });
    const [status] = await once(child, 'close') as [number | null];
    return { ...output, status };
  }
}

/** Without the last, the names of the scripts are gone, which have the ids of the jobs. */
const OPTIONS = ['--force-shell-executor', '--shell-isolation', '--no-artifacts-to-source', '--no-cleanup'];
