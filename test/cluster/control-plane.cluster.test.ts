import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runKubectl, startCluster, tryKubectl } from './cluster';
import { ClusterProcess, TSX } from './cluster-process';
import { ControlPlane, startControlPlane } from './control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms, Programs } from './programs';
import { settledAuditEvents } from './settled-audit';
import { lastingTracesOf, tracesOf } from './traces';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

let programs: Programs;

beforeAll(() => {
  kubectl();
  programs = controlPlanePrograms();
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

describe('a control plane', () => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane(programs);
  });

  afterAll(() => controlPlane?.stop());

  test('writes a kubeconfig that only its owner can read and that gives all rights', () => {
    expect(statSync(controlPlane.kubeconfig).mode.toString(8)).toBe('100600');
    expect(runKubectl(controlPlane.kubeconfig, ['auth', 'can-i', '*', '*'])).toBe('yes\n');
  });

  test('reports the version of Kubernetes', () => {
    const { gitVersion } = JSON.parse(runKubectl(controlPlane.kubeconfig, ['get', '--raw', '/version']));
    const { KUBEBUILDER_ASSETS, K8S_VERSION = '1.36.3' } = process.env;
    expect(gitVersion).toEqual(KUBEBUILDER_ASSETS ? expect.stringMatching(/^v1\./) : `v${K8S_VERSION}`);
  });

  test('records the user and the object of each request', async () => {
    runKubectl(controlPlane.kubeconfig, ['create', 'configmap', 'recorded', '-n', 'default']);
    expect(await settledAuditEvents(controlPlane)).toContainEqual(expect.objectContaining({
      verb: 'create',
      user: expect.objectContaining({ username: 'admin' }),
      objectRef: expect.objectContaining({ resource: 'configmaps', namespace: 'default', name: 'recorded' }),
      responseStatus: expect.objectContaining({ code: 201 }),
    }));
  });

  test('keeps its data when the API server is killed and started again', async () => {
    const { kubeconfig, server, certificateAuthority } = controlPlane;
    runKubectl(kubeconfig, ['create', 'configmap', 'kept', '-n', 'default']);
    await controlPlane.stopApiServer();
    expect(tryKubectl(kubeconfig, ['get', 'configmap', 'kept', '-n', 'default']).stderr).toContain('connection refused');

    await controlPlane.startApiServer();
    expect(runKubectl(kubeconfig, ['get', 'configmap', 'kept', '-n', 'default', '-o', 'name'])).toBe('configmap/kept\n');
    const cluster = JSON.parse(runKubectl(kubeconfig, ['config', 'view', '--raw', '-o', 'json'])).clusters[0].cluster;
    expect(cluster).toEqual({ 'server': server, 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') });
  });

  test('removes everything when it is stopped, and can be stopped twice', async () => {
    expect(tracesOf(controlPlane.folder).length).toBeGreaterThanOrEqual(3);
    await controlPlane.stop();
    expect(tracesOf(controlPlane.folder)).toEqual([]);
    await controlPlane.stop();
  });
});

test('the flags of a test override those of the control plane', async () => {
  const controlPlane = await startControlPlane(programs, { apiServerFlags: ['--anonymous-auth=false'] });
  try {
    // With anonymous authentication, which is the default, the status is 200.
    const [response] = await once(get(`${controlPlane.server}/version`, { ca: controlPlane.certificateAuthority, agent: false }), 'response');
    expect(response.resume().statusCode).toBe(401);
  } finally {
    await controlPlane.stop();
  }
});

describe('a failed start', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'failing-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('shows the end of the logs and removes everything', async () => {
    const apiServer = join(folder, 'kube-apiserver');
    writeFileSync(apiServer, '#!/bin/sh\npwd\necho "no such flag" >&2\nexit 3\n', { mode: 0o755 });
    const { message } = await startControlPlane({ ...programs, apiServer }).then(() => new Error('it started'), (error: Error) => error);

    expect(message).toMatch(/^the control plane did not start\nError: kube-apiserver ended with status 3\n--- etcd\n/);
    const [, used = ''] = /--- kube-apiserver\n(.+)\nno such flag/.exec(message) ?? [];
    expect(used).toMatch(/cluster-\w+$/);
    expect(tracesOf(used)).toEqual([]);
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['E2E_KUBECONFIG', { E2E_KUBECONFIG: '/nowhere/config' }, /^E2E_KUBECONFIG is \/nowhere\/config, and there is no such file$/],
    ['KUBEBUILDER_ASSETS', { KUBEBUILDER_ASSETS: '/nowhere' }, /^there is no \/nowhere\/etcd and no \/nowhere\/kube-apiserver \(the folder is KUBEBUILDER_ASSETS\)$/],
  ])('names the missing file of %s', async (_, variables, message) => {
    await expect(startCluster({}, variables)).rejects.toThrow(message);
  });

  test('shows a valid version when K8S_VERSION is not one', async () => {
    await expect(startCluster({}, { K8S_VERSION: 'v1.35' })).rejects
      .toThrow(/^K8S_VERSION is v1\.35, which is no version of Kubernetes: give all three numbers, such as 1\.35\.4$/);
  });

  test('names the programs that nodes need', async () => {
    await expect(startControlPlane({ ...programs, scheduler: undefined }, { nodes: 'kwok' })).rejects
      .toThrow(/^nodes need kube-controller-manager and kube-scheduler, which are not both beside \/.*\/kube-apiserver$/);
  });

  test('names the function that takes flags when the cluster runs already', async () => {
    await expect(startCluster({ apiServerFlags: ['--v=4'] }, { E2E_KUBECONFIG: __filename })).rejects.toThrow(/takes no flags: this needs startControlPlane\(\)$/);
  });

  test('explains how to install Go, and how to do without it', () => {
    const env = { PATH: folder, HOME: folder, XDG_CACHE_HOME: folder };
    const { status, stderr } = spawnSync(process.execPath, ['--require', TSX, join(__dirname, 'prepare.ts')], { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/compiled with Go, which cannot be started: spawnSync go ENOENT. Install Go .+ KUBEBUILDER_ASSETS .+ E2E_KUBECONFIG/);
    expect(readdirSync(join(folder, 'cdk8s-ci-deploy'))).toEqual([]);
  });
});

describe.each<[NodeJS.Signals, number | string]>([['SIGINT', 0], ['SIGKILL', 'SIGKILL']])('npm run cluster, ended by %s', (signal, status) => {
  let running: ClusterProcess;

  afterEach(() => running?.kill());

  test('prints the next steps, runs pods, and removes everything at the end', async () => {
    running = await ClusterProcess.start();
    const { kubeconfig, text } = running;
    expect(text).toMatch(/main\.js grant .*access-staging\.yaml --file "\$CI"\n.*main\.js verify --kubeconfig "\$CI"/);
    runKubectl(kubeconfig, ['create', 'deployment', 'web', '--image', 'registry.example.com/web:1']);
    expect(runKubectl(kubeconfig, ['wait', 'deployment/web', '--for=condition=Available', '--timeout=30s'])).toContain('condition met');

    expect(await running.end(signal)).toBe(status);
    expect(await lastingTracesOf(dirname(kubeconfig))).toEqual([]);
  });
});
