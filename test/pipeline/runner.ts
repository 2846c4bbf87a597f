import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildahSettings, Registries } from './buildah-settings';
import { gitlabCiLocal } from './gitlab-ci-local';
import { allArtifacts, artifact, dotenvReport, JobRun, Output, readJobs } from './job-run';
import { Repository } from './repository';
import { CiVariable, PROJECT_URL, writeVariables } from './variables';
import { OUT_OF_SIGHT } from '../cluster/image';
import { kubectl } from '../support/kubectl';

/**
 * A machine that runs jobs as GitLab's shell executor does: by bash, each in a folder of its own, with the tools that their images would have.
 */
export class Runner {
  private readonly buildah: Readonly<Record<string, string>>;
  private clones = 0;

  /**
   * @param folder its own; jobs find HOME and TMPDIR there
   */
  constructor(private readonly folder: string, registries: Registries) {
    for (const name of ['bin', 'home', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
    this.buildah = buildahSettings(join(folder, 'home'), registries);
    symlinkSync(kubectl(), join(folder, 'bin', 'kubectl'));
    writeFileSync(join(folder, 'git-strategy.sh'), GIT_STRATEGY);
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
    const child = spawn('unshare', ['--mount', ...command], { cwd, env: this.variables(), stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => { output[name] += text; });
    const [status] = await once(child, 'close') as [number | null];
    return { ...output, status };
  }

  /** What a job sees of the machine: none of this process' own that it does not need, such as those of a pipeline that runs these tests. */
  private variables(): NodeJS.ProcessEnv {
    const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(ROOT));
    return {
      ...packageSettings(),
      ...this.buildah,
      PATH: [join(this.folder, 'bin'), dirname(process.execPath), ...path].join(delimiter),
      HOME: join(this.folder, 'home'),
      TMPDIR: join(this.folder, 'tmp'),
      BASH_ENV: join(this.folder, 'git-strategy.sh'),
    };
  }
}

/** How npm fetches packages here, and whom TLS trusts. */
function packageSettings(): NodeJS.ProcessEnv {
  return {
    npm_config_cache: join(homedir(), '.npm'),
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name))),
    NO_PROXY: [process.env.NO_PROXY ?? process.env.no_proxy, '127.0.0.1'].filter(Boolean).join(','),
    npm_config_prefer_offline: 'true',
    NO_UPDATE_NOTIFIER: '1',
  };
}

const ROOT = join(__dirname, '..', '..');

const KEPT = /^(?:npm_config_(?:cache|registry|userconfig|cafile)|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|https?_proxy)$/i;

const OPTIONS = ['--force-shell-executor', '--shell-isolation', '--no-artifacts-to-source'];

/** gitlab-ci-local gives every job a checkout. One that wants none must do without here, too. bash reads this before the job's script. */
const GIT_STRATEGY = `
if [ "\${GIT_STRATEGY-}" = none ] && [ -d "\${CI_PROJECT_DIR-}/.git" ]; then
  (cd "$CI_PROJECT_DIR" && git ls-files -z | xargs -0 rm -f && rm -rf .git && find . -type d -empty -delete)
fi
`;

export interface RunOptions {
  /** These alone, with the artifacts that are there. By default all that are not manual. */
  readonly jobs?: readonly string[];
  /** Manual jobs that are started as well. */
  readonly manual?: readonly string[];
  /** In place of, or beside, the pipeline's own. */
  readonly variables?: readonly CiVariable[];
  /** The keys of variables that they do not get. */
  readonly without?: readonly string[];
}

/**
 * A pipeline and what its jobs have left.
 */
export class Pipeline {
  constructor(
    private readonly clone: string,
    private readonly variables: readonly CiVariable[],
    private readonly start: (args: readonly string[]) => Promise<Output & { status: number | null }>,
  ) {}

  /**
   * Runs jobs, and resolves with what became of those that were started. Throws when gitlab-ci-local refuses the file.
   */
  public async run({ jobs = [], manual = [], variables = [], without = [] }: RunOptions = {}): Promise<Record<string, JobRun>> {
    // Of a job with an image, gitlab-ci-local says that it lies in /builds, even without a container.
    const folder = { key: 'CI_PROJECT_DIR', value: join(this.clone, '.gitlab-ci-local', 'builds', '$CI_JOB_NAME') };
    writeVariables(dirname(this.clone), [folder, ...this.variables, ...variables].filter(({ key }) => !without.includes(key)));
    const { status, ...output } = await this.start([...manual.flatMap((name) => ['--manual', name]), ...jobs]);
    const ran = readJobs(this.clone, output);
    if (Object.keys(ran).length === 0) throw new Error(`gitlab-ci-local ran no job and ended with status ${status}\n${output.stdout}${output.stderr}`);
    return ran;
  }

  /** The path of a file of the artifacts that a job has left. */
  public artifact(job: string, name: string): string {
    return artifact(this.clone, job, name);
  }

  /** The texts of all artifacts and reports. */
  public artifacts(): string[] {
    return allArtifacts(this.clone);
  }

  /** The dotenv report that a job has left. */
  public dotenv(job: string, name: string): Record<string, string> {
    return dotenvReport(this.clone, job, name);
  }
}
