import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKubectl } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { startLockedRegistry } from './cluster/locked-registry';
import { Processes } from './cluster/processes';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FOR_EVER, pushShell } from './cluster/shell-image';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { PodReports } from './support/pod-reports';
import { job, Rollouts, workload, WorkloadParts } from './support/rollouts';
import { until } from './support/until';
import { secrets } from '../src/base/secrets';

const NAMESPACE = 'causes';

let controlPlane: ControlPlane;
let processes: Processes;
let rollouts: Rollouts;
let reports: PodReports;
let folder: string;
/** An image that runs its argument as a shell script. */
let shell: string;
/** A registry that requires a password. */
let locked: string;
const times: string[] = [];

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms(), { nodes: 'real' });
  processes = new Processes();
  folder = mkdtempSync(join(tmpdir(), 'causes-'));
  shell = pushShell(folder, `${controlPlane.registry}/shell:1`);
  locked = await startLockedRegistry(processes);
  runKubectl(controlPlane.kubeconfig, ['create', 'namespace', NAMESPACE]);
  asAdmin('create', 'configmap', 'settings', '--from-literal=colour=green');
  asAdmin('create', 'secret', 'docker-registry', 'wrong', `--docker-server=${locked}`, '--docker-username=ci', '--docker-password=wrong-password');
  rollouts = await Rollouts.connect(controlPlane.kubeconfig, NAMESPACE);
  reports = new PodReports(rollouts.cluster, NAMESPACE);
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  rollouts?.close();
  await processes?.stop();
  await controlPlane?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
  console.log(['seconds from the kubelet\'s first report to the cause:', ...times].join('\n  '));
});

const asAdmin = (...args: string[]) => runKubectl(controlPlane.kubeconfig, ['-n', NAMESPACE, ...args]);

const running = (script: string, container: object = {}): WorkloadParts => ({ container: { args: [script], ...container } });
/** Without a probe, a container is ready as soon as it runs. A busy kubelet may report that before the container ends, which completes the rollout. */
const NEVER_READY = { readinessProbe: { exec: { command: ['/busybox', 'true'] }, initialDelaySeconds: 300 } };
const ending = (script: string, container: object = {}) => running(script, { ...NEVER_READY, ...container });
const [forEver = ''] = FOR_EVER;

interface Case {
  readonly image?: () => string;
  readonly parts?: WorkloadParts;
  /** What follows `Deployment web, pod web-…` in the line of the cause. */
  readonly cause: RegExp;
  /** In any order, because standard output and standard error are two streams. */
  readonly log?: string[];
}

const CASES: Record<string, Case> = {
  'missing-tag': {
    image: () => `${controlPlane.registry}/shell:2`,
    cause: /, container app, image 127\.0\.0\.1:\d+\/shell:2: (?:ErrImagePull|ImagePullBackOff): not found$/,
  },
  'wrong-password': {
    image: () => `${locked}/shell:1`,
    parts: { pod: { imagePullSecrets: [{ name: 'wrong' }] } },
    cause: /, container app, image 127\.0\.0\.1:\d+\/shell:1: (?:ErrImagePull|ImagePullBackOff): .*(?:401 Unauthorized|authorization failed)/,
  },
  'wrong-host': {
    image: () => 'registry.invalid/shell:1',
    cause: /, container app, image registry\.invalid\/shell:1: (?:ErrImagePull|ImagePullBackOff): .*lookup registry\.invalid/,
  },
  'no-registry': {
    image: () => '127.0.0.1:1/shell:1',
    cause: /, container app, image 127\.0\.0\.1:1\/shell:1: (?:ErrImagePull|ImagePullBackOff): .*connection refused$/,
  },
  'invalid-name': {
    image: () => 'Shell:1',
    cause: /, container app, image Shell:1: InvalidImageName: .*must be lowercase$/,
  },
  'crash': {
    parts: ending('echo starting; echo cannot read the configuration >&2; exit 3'),
    cause: /, container app: CrashLoopBackOff: exit code 3, restarted (?:once|\d times)$/,
    log: ['starting', 'cannot read the configuration'],
  },
  'init-crash': {
    parts: { ...running(forEver), pod: { initContainers: [{ name: 'migrate', image: 'shell', args: ['echo no database; exit 1'] }] } },
    cause: /, container migrate: CrashLoopBackOff: exit code 1, restarted (?:once|\d times)$/,
    log: ['no database'],
  },
  'ends': {
    parts: ending('echo all is done'),
    cause: /, container app: CrashLoopBackOff: exit code 0, but it should keep running, restarted (?:once|\d times)$/,
    log: ['all is done'],
  },
  'out-of-memory': {
    parts: ending('x=0123456789abcdef; while true; do x=$x$x; done', { resources: { limits: { memory: '16Mi' } } }),
    cause: /, container app: CrashLoopBackOff: exit code 137, OOMKilled \(its memory limit is 16Mi\), restarted (?:once|\d times)$/,
    log: [],
  },
  'read-only-root': {
    parts: ending('echo hello >/file', { securityContext: { readOnlyRootFilesystem: true } }),
    cause: /, container app: CrashLoopBackOff: exit code 1, restarted (?:once|\d times)$/,
    log: ['sh: can\'t create /file: Read-only file system'],
  },
  'missing-key': {
    parts: running(forEver, { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'size' } } }] }),
    cause: /, container app: CreateContainerConfigError: couldn't find key size in ConfigMap causes\/settings$/,
  },
  'missing-secret': {
    parts: running(forEver, { envFrom: [{ secretRef: { name: 'nothing' } }] }),
    cause: /, container app: CreateContainerConfigError: secret "nothing" not found$/,
  },
  'root': {
    parts: running(forEver, { securityContext: { runAsNonRoot: true } }),
    cause: /, container app: CreateContainerConfigError: container has runAsNonRoot and image will run as root/,
  },
  'no-program': {
    parts: running('', { command: ['/nothing'] }),
    cause: /, container app: (?:RunContainerError|StartError): .*exec: "\/nothing": stat \/nothing: no such file or directory/,
  },
  'missing-volume': {
    parts: { ...running(forEver, { volumeMounts: [{ name: 'v', mountPath: '/v' }] }), pod: { volumes: [{ name: 'v', configMap: { name: 'nothing' } }] } },
    cause: /: FailedMount: MountVolume\.SetUp failed for volume "v" : configmap "nothing" not found$/,
  },
  'too-large': {
    parts: running(forEver, { resources: { requests: { cpu: '1000' } } }),
    cause: /: Unschedulable: 0\/1 nodes are available: 1 Insufficient cpu/,
  },
};

test.each(Object.entries(CASES))('the cause and the log explain the failure: %s', async (name, { image = () => shell, parts = {}, cause, log }) => {
  const objects = await rollouts.apply(withShell(workload('Deployment', name, image(), parts)));
  const result = await rollouts.wait(objects, { gracePeriods: { restarts: 1, temporary: 4_000, unschedulable: 1_000 } });
  asAdmin('delete', 'deployment', name, '--wait=false');

  times.push(`${name}: ${reports.secondsSince(result.cause?.pod)}: ${result.cause?.line ?? ''}`);
  expect(result.outcome).toBe('failed');
  expect(result.cause?.line).toMatch(new RegExp(`^Deployment ${name}, pod ${name}-\\w+-\\w+${cause.source}`));
  expect(result.cause?.line).not.toContain('\n');
  expect(result.log && [...result.log.lines].sort()).toEqual(log && [...log].sort());
});

/** Sets the image of init containers. The registry's address is known only after it has started. */
function withShell(manifest: object): object {
  return JSON.parse(JSON.stringify(manifest).replaceAll('"image":"shell"', `"image":"${shell}"`)) as object;
}

describe('a failed probe', () => {
  const probed = (probe: object) => running(`echo listening nowhere; ${forEver}`, probe);

  /** Waits until the kubelet has reported a failed probe of the Deployment. */
  async function untilUnhealthy(deployment: string): Promise<void> {
    const said = () => asAdmin('get', 'events', '--field-selector', 'reason=Unhealthy', '-o', 'jsonpath={.items[*].involvedObject.name}');
    await until(() => said().includes(deployment));
  }

  test('is the cause when the time limit is over', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'unready', shell, probed({ readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } })));
    await untilUnhealthy('unready');
    const { outcome, cause, log, events } = await rollouts.wait(objects, { budget: 15_000 });

    expect(outcome).toBe('timed out');
    expect(cause?.line).toMatch(/^Deployment unready, pod unready-\w+-\w+, container app: Unhealthy: Readiness probe failed: Get "http:\/\/[\d.]+:8080\/": .*connection refused$/);
    expect(log).toMatchObject({ container: 'app', previous: false, lines: ['listening nowhere'] });
    expect(events).toContainEqual(expect.objectContaining({ reason: 'Unhealthy' }));
  });

  test('is the cause when the progress deadline is over', async () => {
    const parts = probed({ readinessProbe: { exec: { command: ['/busybox', 'false'] }, periodSeconds: 1 } });
    const objects = await rollouts.apply(workload('Deployment', 'late', shell, parts));
    await untilUnhealthy('late');
    asAdmin('patch', 'deployment', 'late', '-p', '{"spec":{"progressDeadlineSeconds":2}}');
    const { outcome, cause } = await rollouts.wait(objects);

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment late, pod late-\w+-\w+, container app: Unhealthy: Readiness probe failed \(ProgressDeadlineExceeded: /);
  });
});

describe('a Job', () => {
  test('that reaches its backoff limit fails with the cause of its last pod', async () => {
    const objects = await rollouts.apply(job('migrate', shell, { ...running('echo no such table; exit 2'), spec: { backoffLimit: 0 } }));
    const { outcome, cause, log } = await rollouts.wait(objects);

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Job migrate, pod migrate-\w+, container app: Error: exit code 2 \(BackoffLimitExceeded: Job has reached the specified backoff limit\)$/);
    expect(log?.lines).toEqual(['no such table']);
  });

  test('is waited for while it retries', async () => {
    const volume = { name: 'state', hostPath: { path: mkdtempSync(join(folder, 'state-')) } };
    const script = 'if [ -e /state/tried ]; then exit 0; fi; echo >/state/tried; exit 1';
    const objects = await rollouts.apply(job('again', shell, {
      ...running(script, { volumeMounts: [{ name: 'state', mountPath: '/state' }] }), pod: { restartPolicy: 'OnFailure', volumes: [volume] },
    }));
    expect(await rollouts.wait(objects, { gracePeriods: { restarts: 0 } })).toMatchObject({ outcome: 'ready' });
  });

  test('with a missing image fails before its backoff limit', async () => {
    const { outcome, cause } = await rollouts.wait(await rollouts.apply(job('missing', `${controlPlane.registry}/migrate:1`)));
    expect({ outcome, line: cause?.line ?? '' }).toEqual({ outcome: 'failed', line: expect.stringMatching(/^Job missing, pod .*: (?:ErrImagePull|ImagePullBackOff): not found$/) });
  });
});

test('a log is shown without colours, control characters and the secrets of the job', async () => {
  const script = 'printf "\\033[31mred\\033[0m\\n\\033]0;title\\007\\nthe password is s3cret-pa55word\\n"; exit 1';
  const objects = await rollouts.apply(workload('Deployment', 'talkative', shell, ending(script)));
  secrets.add('s3cret-pa55word');
  const result = await rollouts.wait(objects, { gracePeriods: { restarts: 1 } });

  expect(result.log?.lines).toEqual(['red', '\\u001b]0;title\\u0007', 'the password is [MASKED]']);
});
