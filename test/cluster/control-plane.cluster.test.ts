import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runKubectl, startCluster, tryKubectl } from './cluster';
import { ControlPlane, startControlPlane } from './control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms, Programs } from './programs';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

jest.setTimeout(120_000);

/** Makes Node itself run TypeScript. */
const TSX = require.resolve('tsx/cjs');

let programs: Programs;

beforeAll(() => {
  kubectl();
  programs = controlPlanePrograms();
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

/** The processes that work in a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((id) => /^\d+$/.test(id)).filter((id) => {
    try {
      return readlinkSync(`/proc/${id}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

async function untilGone(folder: string): Promise<void> {
  for (let tries = 0; tries < 100 && existsSync(folder); tries++) await sleep(100);
  expect([existsSync(folder), processesIn(folder)]).toEqual([false, []]);
}

describe('a control plane', () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane(programs);
  });

  afterAll(() => controlPlane?.stop());

  test('has a kubeconfig that only its owner reads, and its administrator may do everything', () => {
    expect(statSync(controlPlane.kubeconfig).mode.toString(8)).toBe('100600');
    expect(runKubectl(controlPlane.kubeconfig, ['auth', 'can-i', '*', '*'])).toBe('yes\n');
  });

  test('says which Kubernetes it is', () => {
    const { gitVersion } = JSON.parse(runKubectl(controlPlane.kubeconfig, ['get', '--raw', '/version']));
    expect(gitVersion).toEqual(process.env.KUBEBUILDER_ASSETS ? expect.stringMatching(/^v1\./) : 'v1.36.3');
  });

  test('records who asked for what', () => {
    runKubectl(controlPlane.kubeconfig, ['create', 'configmap', 'recorded', '-n', 'default']);
    expect(controlPlane.auditEvents()).toContainEqual(expect.objectContaining({
      verb: 'create',
      user: expect.objectContaining({ username: 'admin' }),
      objectRef: expect.objectContaining({ resource: 'configmaps', namespace: 'default', name: 'recorded' }),
      responseStatus: expect.objectContaining({ code: 201 }),
    }));
  });

  test('its API server may be killed and started again, and knows what it knew', async () => {
    const { kubeconfig, server, certificateAuthority } = controlPlane;
    runKubectl(kubeconfig, ['create', 'configmap', 'kept', '-n', 'default']);
    await controlPlane.stopApiServer();
    expect(tryKubectl(kubeconfig, ['get', 'configmap', 'kept', '-n', 'default']).stderr).toContain('connection refused');

    await controlPlane.startApiServer();
    expect(runKubectl(kubeconfig, ['get', 'configmap', 'kept', '-n', 'default', '-o', 'name'])).toBe('configmap/kept\n');
    const cluster = JSON.parse(runKubectl(kubeconfig, ['config', 'view', '--raw', '-o', 'json'])).clusters[0].cluster;
    expect(cluster).toEqual({ 'server': server, 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') });
  });

  test('leaves nothing when it is stopped, and may be stopped twice', async () => {
    const folder = dirname(controlPlane.kubeconfig);
    expect(processesIn(folder).length).toBeGreaterThanOrEqual(2);
    await controlPlane.stop();
    expect([existsSync(folder), processesIn(folder)]).toEqual([false, []]);
    await controlPlane.stop();
  });
});

test('flags of the API server come after its own', async () => {
  const controlPlane = await startControlPlane(programs, { apiServerFlags: ['--anonymous-auth=false'] });
  try {
    // It is 200 by default.
    const [response] = await once(get(`${controlPlane.server}/version`, { ca: controlPlane.certificateAuthority, agent: false }), 'response');
    expect(response.resume().statusCode).toBe(401);
  } finally {
    await controlPlane.stop();
  }
});

describe('a start that fails', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'failing-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('shows the end of the logs and leaves nothing', async () => {
    const apiServer = join(folder, 'kube-apiserver');
    writeFileSync(apiServer, '#!/bin/sh\npwd\necho "no such flag" >&2\nexit 3\n', { mode: 0o755 });
    const { message } = await startControlPlane({ ...programs, apiServer }).then(() => new Error('it started'), (error: Error) => error);

    expect(message).toMatch(/^the control plane did not start\nError: kube-apiserver ended with status 3\n--- etcd\n/);
    const [, used = ''] = /--- kube-apiserver\n(.+)\nno such flag\n/.exec(message) ?? [];
    expect(used).toMatch(/cluster-\w+$/);
    expect([existsSync(used), processesIn(used)]).toEqual([false, []]);
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['E2E_KUBECONFIG', { E2E_KUBECONFIG: '/nowhere/config' }, /^E2E_KUBECONFIG is \/nowhere\/config, and there is no such file$/],
    ['KUBEBUILDER_ASSETS', { KUBEBUILDER_ASSETS: '/nowhere' }, /^there is no \/nowhere\/etcd and no \/nowhere\/kube-apiserver \(the folder is KUBEBUILDER_ASSETS\)$/],
  ])('names what %s lacks', async (_, variables, message) => {
    await expect(startCluster({}, variables)).rejects.toThrow(message);
  });

  test('of flags for a cluster that runs already says what takes them', async () => {
    await expect(startCluster({ apiServerFlags: ['--v=4'] }, { E2E_KUBECONFIG: __filename })).rejects.toThrow(/takes no flags: this needs startControlPlane\(\)$/);
  });

  test('says where Go comes from when it is missing, and what does without it', () => {
    const env = { PATH: folder, HOME: folder, XDG_CACHE_HOME: folder };
    const { status, stderr } = spawnSync(process.execPath, ['--require', TSX, join(__dirname, 'prepare.ts')], { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/compiled with Go, which cannot be started: spawnSync go ENOENT. Install Go .+ KUBEBUILDER_ASSETS .+ E2E_KUBECONFIG/);
    expect(readdirSync(join(folder, 'cdk8s-ci-deploy'))).toEqual([]);
  });
});

describe.each<[NodeJS.Signals, boolean]>([['SIGINT', true], ['SIGKILL', false]])('npm run cluster, ended by %s', (signal, orderly) => {
  let play: ChildProcess;

  afterEach(() => play?.kill('SIGKILL'));

  test('prints the line that selects the cluster, and leaves nothing', async () => {
    // Without the command tsx, which is a process in between.
    play = spawn(process.execPath, ['--require', TSX, join(__dirname, 'play.ts')], { stdio: ['ignore', 'pipe', 2] });
    const exited = once(play, 'exit');
    const kubeconfig = await new Promise<string>((resolve, reject) => {
      let text = '';
      play.stdout?.on('data', (data) => {
        text += data;
        const line = /export KUBECONFIG=(.+)\n[^]*Ctrl-C stops/.exec(text);
        if (line) resolve(line[1]!);
      });
      play.once('exit', () => reject(new Error(`it ended: ${text}`)));
    });
    expect(runKubectl(kubeconfig, ['get', 'namespace', 'default', '-o', 'name'])).toBe('namespace/default\n');

    play.kill(signal);
    expect(await exited).toEqual(orderly ? [0, null] : [null, signal]);
    await untilGone(dirname(kubeconfig));
  });
});
