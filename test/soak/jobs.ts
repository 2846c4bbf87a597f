import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Clock } from '../../src/cli/base/host';
import { runCommandLine } from '../../src/cli/cli';
import { systemClock } from '../../src/cli/io/clock';
import { CiVariables } from '../../src/gitlab/ci-variables';
import { manifests } from '../cluster/application';

/**
 * A run of the command for a release. Several may run at once.
 */
export interface JobOptions {
  /** The credential. */
  readonly kubeconfig: string;
  readonly command?: 'deploy' | 'destroy' | 'rollback';
  /** @default web */
  readonly app?: string;
  /** The manifests. */
  readonly objects?: readonly object[];
  readonly options?: readonly string[];
  readonly variables?: CiVariables;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

export interface JobResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command in this process.
 */
export async function runJob(job: JobOptions): Promise<JobResult> {
  const { variables = {}, clock = systemClock, signal = new AbortController().signal, ...options } = job;
  const { folder, argv } = prepared(options);
  const output = { stdout: '', stderr: '' };
  const into = (name: 'stdout' | 'stderr') => ({ write: (piece: string) => (output[name] += piece) });
  try {
    const around = { stdin: Readable.from([]), stdout: into('stdout'), stderr: into('stderr'), variables, cwd: folder, clock, signal };
    return { code: await runCommandLine(argv, around), ...output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs the bundled command in its own process.
 */
export interface StartedJob {
  readonly process: ChildProcess;
  readonly result: Promise<JobResult & { readonly signal: NodeJS.Signals | null }>;
}

export function startJob({ variables = {}, ...options }: Omit<JobOptions, 'clock' | 'signal'>): StartedJob {
  const { folder, argv } = prepared(options);
  const env = { ...definedOf(variables), PATH: process.env.PATH };
  const child = spawn(process.execPath, [COMMAND, ...argv], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const result = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>])
    .then(([stdout, stderr, [code, signal]]) => ({ stdout, stderr, code, signal }))
    .finally(() => rmSync(folder, { recursive: true }));
  return { process: child, result };
}

const COMMAND = join(__dirname, '..', '..', 'lib', 'cli', 'main.js');

/**
 * A clock that runs faster by a factor, for pauses. Time limits use the real clock, because the machine does not get faster.
 */
export function fastClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * factor,
    sleep: async (milliseconds, signal) => systemClock.sleep(milliseconds / factor, signal),
    after: systemClock.after,
  };
}

function prepared({ kubeconfig, command = 'deploy', app = 'web', objects = [], options = [] }: JobOptions): { readonly folder: string; readonly argv: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'job-'));
  writeFileSync(join(folder, 'app.yaml'), manifests(...objects));
  writeFileSync(join(folder, 'ci.kubeconfig'), kubeconfig, { mode: 0o600 });
  const identity = ['--app', app, '--environment', 'production', '--kubeconfig', 'ci.kubeconfig'];
  return { folder, argv: [command, ...command === 'deploy' ? ['app.yaml'] : [], ...identity, ...options] };
}

function definedOf(variables: CiVariables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
