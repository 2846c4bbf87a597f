import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { NamespaceDeployer } from '../../src';
import { kubeconfigFile } from '../support/kubeconfigs';
import { until } from '../support/until';

const MAIN = join(__dirname, '..', '..', 'lib', 'cli', 'main.js');

/** A program that ignores SIGTERM, with a child that ignores it, too. Each writes its process id into the file `pids`. */
const STUBBORN = 'trap "" TERM INT; echo $$ >>pids; sh -c \'trap "" TERM INT; echo $$ >>pids; while :; do sleep 0.1; done\' & while :; do sleep 0.1; done';

/** Milliseconds in which the command must end. It would otherwise run for ever. */
const BOUND = 20_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signals-'));
});

afterEach(() => {
  pids().filter(isAlive).forEach((pid) => process.kill(pid, 'SIGKILL'));
  rmSync(folder, { recursive: true, force: true });
});

function pids(): number[] {
  const file = join(folder, 'pids');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map(Number) : [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The file behind a descriptor, or nothing when the process has closed it meanwhile. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return '';
  }
}

/** How the process ends. It is killed when it does not end in time. */
async function endOf(child: ChildProcess): Promise<unknown> {
  const timer = setTimeout(() => child.kill('SIGKILL'), BOUND);
  const [status, signal] = await once(child, 'close');
  clearTimeout(timer);
  return status ?? signal;
}

const PLUGIN = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', interactiveMode: 'Never' };

const withProgram = () => start('pipeline', '--run', '--', 'sh', '-c', STUBBORN);

function withPlugin(): ChildProcess {
  write('config', kubeconfigFile({ user: { token: undefined, exec: PLUGIN } }));
  write('plugin', `#!/bin/sh\n${STUBBORN}\n`);
  chmodSync(join(folder, 'plugin'), 0o755);
  const chart = new Chart(new App(), 'access');
  new NamespaceDeployer(chart, 'gitlab', { namespace: 'ns1' });
  write('access.yaml', Yaml.stringify(...chart.toJson()));
  return start('revoke', 'access.yaml', '--list', '--kubeconfig', 'config');
}

describe.each([['a program of pipeline', withProgram], ['an exec plugin', withPlugin]])('%s that ignores signals', (_, run) => {
  test('is killed with its children after one signal', async () => {
    const child = run();
    await until(() => pids().length === 2);
    child.kill('SIGTERM');
    expect(await endOf(child)).toBe(143);
    await until(() => !pids().some(isAlive));
  });

  test('is killed with its children after a second signal', async () => {
    const child = run();
    await until(() => pids().length === 2);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect([130, 143]).toContain(await endOf(child));
    await until(() => !pids().some(isAlive));
  });
});

test('deploy ends at once for a pipe among the manifests', async () => {
  write('config', kubeconfigFile());
  mkdirSync(join(folder, 'dist'));
  execFileSync('mkfifo', [join(folder, 'dist', 'a.yaml')]);
  const child = start('deploy', 'dist', '--app', 'web', '--environment', 'production', '--kubeconfig', 'config');
  expect(await endOf(child)).toBe(2);
});

test('a signal ends a command that reads a pipe without a writer', async () => {
  execFileSync('mkfifo', [join(folder, 'pod.yml')]);
  const child = start('render', 'pod.yml', '--image', 'web:1');
  const ended = endOf(child);
  const files = `/proc/${child.pid}/fd`;
  await until(() => existsSync(files) && readdirSync(files).some((name) => linkOf(join(files, name)).endsWith('/pod.yml')));
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
});
