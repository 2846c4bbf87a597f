import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitlabJob, scriptsOf } from './pipelines';
import { PackageFiles } from '../cluster/debian';

export const SHELLCHECK: PackageFiles = { shellcheck: '/usr/bin/shellcheck' };

export const SHELL_PACKAGES: PackageFiles = { 'dash': '/usr/bin/dash', 'busybox-static': '/bin/busybox' };

export const COMPLETION_SHELLS: PackageFiles = { bash: '/bin/bash', zsh: '/usr/bin/zsh', fish: '/usr/bin/fish' };

/** The shell of Debian images with the GNU programs, and that of Alpine images with the programs of BusyBox. */
export type Shell = 'dash' | 'busybox';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A stand-in for the machine of a GitLab runner. It has a working copy, and a PATH with the programs of an image. The programs of the test come first.
 */
export class JobMachine {
  private static count = 0;

  public readonly jobId = `test-${process.pid}-${JobMachine.count++}`;
  /** The folder for the private files of a job's script. */
  public readonly jobFolder = `/tmp/cdk8s-ci-deploy-${this.jobId}`;
  public readonly folder = mkdtempSync(join(tmpdir(), 'job-'));
  private readonly programs = join(this.folder, 'programs');
  public readonly checkout = join(this.folder, 'checkout');

  public constructor(private readonly shell: Shell) {
    for (const folder of [this.programs, this.checkout]) mkdirSync(folder);
  }

  /**
   * Adds a program for the script: a shell script. Tests read its standard output and the lines that it writes to `$LOG`.
   */
  public program(name: string, script: string): void {
    const file = join(this.programs, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs a job as a runner does. The `after_script` runs even if the script fails. */
  public run(job: GitlabJob, variables: Record<string, string> = {}): Ended & { readonly after: Ended } {
    const { script, afterScript } = scriptsOf(job);
    const all = { ...expanded(job.variables ?? {}, variables), ...variables };
    return { ...this.shellWith(script, all), after: this.shellWith(afterScript, all) };
  }

  public read(name: string): string {
    const file = join(this.checkout, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** The lines that programs have written to `$LOG`. */
  public get log(): string[] {
    const file = join(this.folder, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  public end(): void {
    for (const folder of [this.folder, this.jobFolder]) rmSync(folder, { recursive: true, force: true });
  }

  /** Runs a script as a runner does, which passes it to the shell on standard input. */
  private shellWith(script: string, variables: Record<string, string>): Ended {
    const path = this.shell === 'dash' ? '/usr/bin:/bin' : this.applets();
    const [program, args]: [string, string[]] = this.shell === 'dash' ? ['/usr/bin/dash', []] : ['/bin/busybox', ['sh']];
    const env = { PATH: `${this.programs}:${path}`, HOME: this.folder, LOG: join(this.folder, 'log'), CI_JOB_ID: this.jobId, CI_PIPELINE_ID: '77', ...variables };
    const { status, stdout, stderr } = spawnSync(program, args, { input: script, cwd: this.checkout, env, encoding: 'utf8', timeout: 200_000 });
    return { status, stdout, stderr };
  }

  private applets(): string {
    const folder = join(this.folder, 'applets');
    if (existsSync(folder)) return folder;
    mkdirSync(folder);
    for (const name of APPLETS) symlinkSync('/bin/busybox', join(folder, name));
    return folder;
  }
}

const APPLETS = ['awk', 'base64', 'cat', 'cp', 'echo', 'grep', 'mkdir', 'mv', 'printf', 'rm', 'sed', 'sh', 'sha256sum', 'sleep', 'stat', 'test'];

/** Expands references in `variables`, as GitLab does. */
function expanded(variables: Record<string, string>, known: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replace(/\$(\w+)/g, (_, other: string) => known[other] ?? '')]));
}
