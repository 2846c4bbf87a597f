import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runKubectl, tryKubectl } from './cluster';
import { ClusterProcess } from './cluster-process';
import { ControlPlane, startControlPlane } from './control-plane';
import { needDebianPackages } from './debian';
import { BUILDAH, pushImage } from './image';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './programs';
import { lastingTracesOf, tracesOf } from './traces';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';
import { until } from '../support/until';

/** The kernel settings that a kubelet and a network bridge change for the whole machine. */
const SYSCTLS = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'net/ipv4/ip_forward'];
const sysctls = () => SYSCTLS.map((name) => readFileSync(`/proc/sys/${name}`, 'utf8'));

const before = sysctls();
let cluster: ControlPlane;
let folder: string;

beforeAll(async () => {
  kubectl();
  cluster = await startControlPlane(controlPlanePrograms(), { nodes: 'real' });
  folder = mkdtempSync(join(tmpdir(), 'real-node-'));
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await cluster?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const asAdmin = (...args: string[]) => runKubectl(cluster.kubeconfig, ['-n', 'default', ...args]);

describe('this machine as a node', () => {
  const waiting = '{.status.containerStatuses[0].state.waiting.reason}';

  test('pulls an image, runs it and gives its log', async () => {
    const context = join(folder, 'image');
    mkdirSync(context);
    copyFileSync(BUILDAH['busybox-static']!, join(context, 'busybox'));
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\nENTRYPOINT ["/busybox", "sh", "-c"]\n');
    const image = `${cluster.registry}/shell:1`;
    pushImage(context, image, join(folder, 'buildah'));

    asAdmin('run', 'shell', '--image', image, '--restart=Never', '--', 'echo hello; sleep 3600');
    expect(asAdmin('wait', 'pod/shell', '--for=condition=Ready', '--timeout=60s')).toContain('condition met');
    // The log of a ready container can still be empty.
    await until(() => asAdmin('logs', 'shell') !== '');
    expect(asAdmin('logs', 'shell')).toBe('hello\n');
    expect(asAdmin('exec', 'shell', '--', '/busybox', 'hostname')).toBe('shell\n');
  });

  test('reports the answer of the registry when an image is missing', () => {
    asAdmin('run', 'missing', '--image', `${cluster.registry}/missing:1`);
    asAdmin('wait', 'pod/missing', `--for=jsonpath=${waiting}=ImagePullBackOff`, '--timeout=60s');
    expect(asAdmin('get', 'events', '--field-selector', 'involvedObject.name=missing,reason=Failed')).toContain('not found');
  });

  test('reports a crashing container and gives its previous log', async () => {
    asAdmin('run', 'crashing', '--image', `${cluster.registry}/shell:1`, '--', 'echo why; exit 7');
    asAdmin('wait', 'pod/crashing', `--for=jsonpath=${waiting}=CrashLoopBackOff`, '--timeout=90s');
    expect(await previousLog('crashing')).toBe('why\n');
  });

  /** The kubelet deletes older containers at any time. For a moment it then has no previous log. */
  async function previousLog(pod: string): Promise<string> {
    let log = '';
    await until(() => {
      const { status, stdout } = tryKubectl(cluster.kubeconfig, ['-n', 'default', 'logs', pod, '--previous']);
      log = stdout;
      return status === 0 && !stdout.startsWith('unable to retrieve container logs');
    });
    return log;
  }

  test('does not change the settings of the machine, and removes everything when it is stopped', async () => {
    expect(sysctls()).toEqual(before);
    expect(tracesOf(cluster.folder).filter((trace) => trace.includes('busybox'))).not.toEqual([]);
    await cluster.stop();
    expect(await lastingTracesOf(cluster.folder)).toEqual([]);
    expect(sysctls()).toEqual(before);
  });
});

describe('npm run cluster -- --node', () => {
  let running: ClusterProcess;

  afterEach(() => running?.kill());

  test.each<[NodeJS.Signals, number | string]>([['SIGINT', 0], ['SIGKILL', 'SIGKILL']])('prints where to push images, and removes everything after %s', async (signal, status) => {
    running = await ClusterProcess.start('--node');
    const { kubeconfig, text } = running;
    expect(text).toMatch(/buildah push --tls-verify=false 127\.0\.0\.1:\d+\/group\/site:1\n/);
    // The container that holds a pod's network is a real one.
    runKubectl(kubeconfig, ['run', 'web', '--image', 'registry.example.com/web:1', '-n', 'default']);
    runKubectl(kubeconfig, ['wait', 'pod/web', '-n', 'default', '--for=jsonpath={.status.podIP}', '--timeout=60s']);
    expect(tracesOf(dirname(kubeconfig)).filter((trace) => trace.includes('containerd-shim'))).not.toEqual([]);

    expect(await running.end(signal)).toBe(status);
    expect(await lastingTracesOf(dirname(kubeconfig))).toEqual([]);
  });
});

describe('a node that does not start', () => {
  const { PATH } = process.env;

  afterEach(() => {
    process.env.PATH = PATH;
  });

  test('shows the end of the logs and removes everything', async () => {
    writeFileSync(join(folder, 'containerd'), '#!/bin/sh\npwd\necho "no such snapshotter" >&2\nexit 3\n', { mode: 0o755 });
    process.env.PATH = `${folder}:${PATH}`;
    const { message } = await startControlPlane(controlPlanePrograms(), { nodes: 'real' }).then(() => new Error('it started'), (error: Error) => error);

    expect(message).toMatch(/^the control plane did not start\nError: node ended with status 1\n/);
    const [, used = ''] = /--- containerd\n(.+)\nno such snapshotter/.exec(message) ?? [];
    expect(used).toMatch(/cluster-\w+$/);
    expect(await lastingTracesOf(used)).toEqual([]);
  });

  test('names the missing Debian packages when it may not install them', () => {
    const getuid = jest.spyOn(process, 'getuid').mockReturnValue(1000);
    try {
      expect(() => needDebianPackages({ 'docker-registry': '/nowhere/docker-registry', 'buildah': '/nowhere/buildah', 'coreutils': '/bin/true' }))
        .toThrow(/^the Debian packages docker-registry, buildah are missing: apt-get install docker-registry buildah$/);
    } finally {
      getuid.mockRestore();
    }
  });
});
