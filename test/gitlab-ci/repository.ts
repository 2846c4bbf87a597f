import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PackedLibrary } from './packed-library';
import { ExampleSite } from '../cluster/example-site';

/**
 * The Git repository of a project.
 */
export class Repository {
  /**
   * The files of examples/hugo-site, with a lock file and the .gitlab-ci.yml that its program writes, in a first commit.
   */
  public static ofExample(parent: string, library: PackedLibrary): Repository {
    const site = new ExampleSite(parent);
    site.run('pipeline.ts');
    const repository = new Repository(join(parent, 'repository'));
    cpSync(site.folder, repository.folder, { recursive: true, filter: (source) => !/[\\/](?:dist|node_modules)$/.test(source) });
    repository.write('package-lock.json', library.lock(repository.read('package.json')));
    repository.commit('first');
    return repository;
  }

  constructor(public readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    git(folder, 'init', '--quiet', '--initial-branch', 'main');
  }

  public read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  public write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  /** Commits all changes. */
  public commit(message: string): void {
    git(this.folder, 'add', '--all');
    git(this.folder, 'commit', '--quiet', '--message', message);
  }

  /** Reverts the last commit. */
  public revert(): void {
    git(this.folder, 'revert', '--no-edit', 'HEAD');
  }

  /** Clones it as a runner does. The remote has the project's URL in GitLab. */
  public clone(folder: string, url: string): void {
    git(this.folder, 'clone', '--quiet', this.folder, folder);
    git(folder, 'remote', 'set-url', 'origin', url);
  }
}

function git(cwd: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.com', ...args], { cwd, env: GIT_VARIABLES, stdio: 'pipe' });
}

/** Ignores the Git configuration of the user. */
const GIT_VARIABLES = { PATH: process.env.PATH, HOME: tmpdir(), GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' };
