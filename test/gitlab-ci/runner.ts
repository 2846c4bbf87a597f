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
 * Runs jobs as GitLab's shell executor does: with bash, and in a folder for each job.
 */
export class Runner {
  private readonly variables: NodeJS.ProcessEnv;
  private clones = 0;

  constructor(private readonly folder: string, registries: Registries) {
    this.variables = machineVariables(folder, registries);
  }

  /** Creates a pipeline of the newest commit, in a new clone. It runs no job yet. */
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

/** `--no-cleanup` keeps the scripts, whose file names contain the ids of the jobs. */
const OPTIONS = ['--force-shell-executor', '--shell-isolation', '--no-artifacts-to-source', '--no-cleanup'];
