import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runKubectl, startCluster, tryKubectl } from './cluster';
import { ControlPlane, startControlPlane } from './control-plane';
import { Played, TSX } from './played';
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

  test('has a kubeconfig that only its owner reads, and its administrator may do everything', () => {
    expect(statSync(controlPlane.kubeconfig).mode.toString(8)).toBe('100600');
    expect(runKubectl(controlPlane.kubeconfig, ['auth', 'can-i', '*', '*'])).toBe('yes\n');
  });

  test('says which Kubernetes it is', () => {
    const { gitVersion } = JSON.parse(runKubectl(controlPlane.kubeconfig, ['get', '--raw', '/version']));
    const { KUBEBUILDER_ASSETS, K8S_VERSION = '1.36.3' } = process.env;
    expect(gitVersion).toEqual(KUBEBUILDER_ASSETS ? expect.stringMatching(/^v1\./) : `v${K8S_VERSION}`);
  });

  test('records who asked for what', async () => {
    runKubectl(controlPlane.kubeconfig, ['create', 'configmap', 'recorded', '-n', 'default']);
    expect(await settledAuditEvents(controlPlane)).toContainEqual(expect.objectContaining({
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
    expect(tracesOf(controlPlane.folder).length).toBeGreaterThanOrEqual(3);
    await controlPlane.stop();
    expect(tracesOf(controlPlane.folder)).toEqual([]);
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
    const [, used = ''] = /--- kube-apiserver\n(.+)\nno such flag/.exec(message) ?? [];
    expect(used).toMatch(/cluster-\w+$/);
    expect(tracesOf(used)).toEqual([]);
  });

  test.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['E2E_KUBECONFIG', { E2E_KUBECONFIG: '/nowhere/config' }, /^E2E_KUBECONFIG is \/nowhere\/config, and there is no such file$/],
    ['KUBEBUILDER_ASSETS', { KUBEBUILDER_ASSETS: '/nowhere' }, /^there is no \/nowhere\/etcd and no \/nowhere\/kube-apiserver \(the folder is KUBEBUILDER_ASSETS\)$/],
  ])('names what %s lacks', async (_, variables, message) => {
    await expect(startCluster({}, variables)).rejects.toThrow(message);
  });

  test('says how another version is named', async () => {
    await expect(startCluster({}, { K8S_VERSION: 'v1.35' })).rejects
      .toThrow(/^K8S_VERSION is v1\.35, which is no version of Kubernetes: give all three numbers, such as 1\.35\.4$/);
  });

  test('says what nodes need', async () => {
    await expect(startControlPlane({ ...programs, scheduler: undefined }, { nodes: 'kwok' })).rejects
      .toThrow(/^nodes need kube-controller-manager and kube-scheduler, which are not both beside \/.*\/kube-apiserver$/);
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

describe.each<[NodeJS.Signals, number | string]>([['SIGINT', 0], ['SIGKILL', 'SIGKILL']])('npm run cluster, ended by %s', (signal, status) => {
  let played: Played;

  afterEach(() => played?.kill());

  test('says what to do next with pods that run, and leaves nothing', async () => {
    played = await Played.start();
    const { kubeconfig, text } = played;
    expect(text).toMatch(/main\.js grant .*access-staging\.yaml --file "\$CI"\n.*main\.js verify --kubeconfig "\$CI"/);
    runKubectl(kubeconfig, ['create', 'deployment', 'web', '--image', 'registry.example.com/web:1']);
    expect(runKubectl(kubeconfig, ['wait', 'deployment/web', '--for=condition=Available', '--timeout=30s'])).toContain('condition met');

    expect(await played.end(signal)).toBe(status);
    expect(await lastingTracesOf(dirname(kubeconfig))).toEqual([]);
  });
});
