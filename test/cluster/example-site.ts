import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackageFiles } from './debian';
import { gitlabJob } from '../../examples/gitlab-job';

export const HUGO: PackageFiles = { hugo: '/usr/bin/hugo' };

/**
 * A copy of examples/hugo-site that uses the library of the last compilation.
 */
export class ExampleSite {
  public readonly folder: string;

  constructor(parent: string) {
    this.folder = join(parent, 'hugo-site');
    cpSync(join(ROOT, 'examples', 'hugo-site'), this.folder, { recursive: true, filter: (source) => !/[\\/](?:dist|node_modules|public)$/.test(source) });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Builds the site into a folder, as the pipeline does. */
  public build(destination: string): void {
    execFileSync(HUGO.hugo!, ['--minify', '--source', this.folder, '--destination', destination], { env: { PATH: process.env.PATH, HOME: tmpdir() }, stdio: 'pipe' });
  }

  /** Runs a program of the example as a GitLab job does. */
  public run(program: string, variables: Readonly<Record<string, string>> = {}): void {
    const env = { PATH: process.env.PATH, HOME: tmpdir(), ...gitlabJob, ...variables };
    execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), [program], { cwd: this.folder, env });
  }

  /** The path of a generated manifest. */
  public manifest(name: string): string {
    return join(this.folder, 'dist', name);
  }
}

const ROOT = join(__dirname, '..', '..');
