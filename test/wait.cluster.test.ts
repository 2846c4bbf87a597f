import { serviceAccountUser, untilAllowed } from './cluster/access-reviews';
import { runKubectl } from './cluster/cluster';
import { ControlPlane, startControlPlane } from './cluster/control-plane';
import { COMPILE_TIMEOUT, controlPlanePrograms } from './cluster/programs';
import { FakeClock } from './support/fake-clock';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { ManualClock } from './support/manual-clock';
import { job, Rollouts, Waited, workload } from './support/rollouts';
import { TcpProxy } from './support/tcp-proxy';
import { until } from './support/until';
import { DEFAULT_BUDGET } from '../src/cli/cluster/api-client';
import { ApiError } from '../src/cli/cluster/status';
import { Progress, WaitedObject, WaitOptions } from '../src/cli/deploy/wait/rollout';

const IMAGE = 'registry.example.com/web:1';
const NEW_IMAGE = 'registry.example.com/web:2';
const IMAGE_PULL_FAULT = { annotations: { 'e2e/fault': 'image-pull' } };
/** The pods fit on no node, so the rollout does not go on. */
const STUCK = { pod: { nodeSelector: { nowhere: 'yes' } } };

let controlPlane: ControlPlane;
let rollouts: Rollouts;
let count = 0;

beforeAll(async () => {
  kubectl();
  controlPlane = await startControlPlane(controlPlanePrograms(), { nodes: 'kwok' });
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => controlPlane?.stop());

beforeEach(async () => {
  count += 1;
  runKubectl(controlPlane.kubeconfig, ['create', 'namespace', `wait-${count}`]);
  rollouts = await Rollouts.connect(controlPlane.kubeconfig, `wait-${count}`);
});

afterEach(() => rollouts.close());

const asAdmin = (...args: string[]) => runKubectl(controlPlane.kubeconfig, ['-n', rollouts.namespace, ...args]);
const asAdminFrom = (manifest: object, ...args: string[]) => runKubectl(controlPlane.kubeconfig, ['-n', rollouts.namespace, ...args, '-f', '-'], JSON.stringify(manifest));

/** Waits until the scheduler has reported this many pods as unschedulable. */
async function untilUnschedulable(pods: number): Promise<void> {
  const said = () => asAdmin('get', 'pods', '-o', 'jsonpath={.items[*].status.conditions[*].reason}').split(' ').filter((reason) => reason === 'Unschedulable');
  await until(() => said().length >= pods);
}

/** A running wait that has reported all of its objects. */
interface UnderWay {
  readonly result: Promise<Waited>;
  readonly told: readonly Progress[];
}

/** Starts a wait with a long grace period, so that the test decides how it ends. */
async function underWay(those: Rollouts, objects: readonly WaitedObject[], options: Partial<WaitOptions> = {}): Promise<UnderWay> {
  const told: Progress[] = [];
  const result = those.wait(objects, { gracePeriods: { unschedulable: 3_600_000 }, ...options, progress: (progress) => told.push(progress) });
  // The test awaits the result, so an early rejection is not unhandled.
  result.catch(() => undefined);
  await until(() => objects.every(({ kind, name }) => told.some((progress) => progress.workload === `${kind} ${name}`)));
  return { result, told };
}

describe('the wait for objects that become ready', () => {
  test('reports each change of every kind of workload once', async () => {
    const objects = await rollouts.apply(
      workload('Deployment', 'web', IMAGE, { spec: { replicas: 2 } }), workload('StatefulSet', 'db', IMAGE), workload('DaemonSet', 'agent', IMAGE), job('once', IMAGE));
    const { outcome, workloads, said, cause } = await rollouts.wait(objects);

    expect({ outcome, cause }).toEqual({ outcome: 'ready', cause: undefined });
    expect(workloads.map(({ message }) => message)).toEqual(['2 replicas available', '1 replica available', '1 pod available', 'complete']);
    expect(new Set(said).size).toBe(said.length);
    expect(said[said.length - 1]).toMatch(/^4\/4 \w+ \w+ ready: /);
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)('ends when the new pods of an updated %s are ready', async (kind) => {
    await rollouts.wait(await rollouts.apply(workload(kind, 'web', IMAGE)));
    const { outcome } = await rollouts.wait(await rollouts.apply(workload(kind, 'web', NEW_IMAGE)));

    expect(outcome).toBe('ready');
    const pods = asAdmin('get', 'pods', '-l', 'app=web', '--field-selector', 'status.phase=Running', '-o', 'jsonpath={.items[?(@.metadata.deletionTimestamp=="")].spec.containers[0].image}');
    expect(pods.replace(NEW_IMAGE, '')).toBe('');
  });

  test('sends one list and one watch when nothing changed', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE));
    await rollouts.wait(objects);
    const before = rollouts.cluster.counts.requests;
    const { outcome, said } = await rollouts.wait(objects);

    expect({ outcome, said }).toEqual({ outcome: 'ready', said: ['1/1 Deployment web ready: 1 replica available'] });
    // One list, and the watch that begins after it.
    expect(rollouts.cluster.counts.requests - before).toBeLessThanOrEqual(2);
  });

  test('ends at once without objects', async () => {
    expect(await rollouts.wait([])).toMatchObject({ outcome: 'ready', workloads: [] });
  });

  test('ends at once with 0 replicas and with a paused Deployment', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'none', IMAGE, { spec: { replicas: 0 } }), workload('Deployment', 'paused', IMAGE, { spec: { paused: true } }));
    const { outcome, workloads } = await rollouts.wait(objects);

    expect(outcome).toBe('ready');
    expect(workloads.map(({ message }) => message)).toEqual(['0 replicas available', 'it is paused (spec.paused): nothing is rolled out']);
  });

  test('watches objects of one kind by their common selector', async () => {
    const objects = await rollouts.apply(...['a', 'b', 'c'].map((name) => workload('Deployment', name, IMAGE)));
    expect(await rollouts.wait(objects, { selector: 'app in (a,b,c)' })).toMatchObject({ outcome: 'ready' });
  });
});

describe('a custom resource', () => {
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'shops.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Shop', plural: 'shops' },
      versions: [{
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      }],
    },
  };
  const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one' } };

  beforeAll(() => {
    runKubectl(controlPlane.kubeconfig, ['apply', '-f', '-'], JSON.stringify(crd));
    runKubectl(controlPlane.kubeconfig, ['wait', 'crd/shops.example.com', '--for=condition=Established', '--timeout=60s']);
  });

  const says = (...conditions: object[]) => asAdmin('patch', 'shop', 'one', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { conditions } }));

  test('is ready when its controller says so', async () => {
    const objects = await rollouts.apply(shop);
    says({ type: 'Ready', status: 'False', reason: 'Building', message: 'the shelves are empty' });
    const open = () => says({ type: 'Ready', status: 'True', reason: 'Open', message: '' });
    const { said } = await rollouts.wait(objects, { progress: ({ state }) => void (state === 'waiting' && open()) });

    expect(said).toEqual(['0/1 Shop one waiting: Ready is False (Building): the shelves are empty', '1/1 Shop one ready: Ready']);
  });

  test('fails the wait when it is stalled', async () => {
    const objects = await rollouts.apply(shop);
    says({ type: 'Stalled', status: 'True', reason: 'NoLicence', message: 'there is no licence' });
    const { outcome, cause } = await rollouts.wait(objects, { gracePeriods: { permanent: 100 } });

    expect({ outcome, line: cause?.line }).toEqual({ outcome: 'failed', line: 'Shop one: NoLicence: there is no licence' });
  });

  test('is not judged after 2 seconds when it never gets a status', async () => {
    expect(await rollouts.wait(await rollouts.apply(shop))).toMatchObject({ outcome: 'ready', workloads: [{ message: 'not judged: it has no status' }], said: [expect.any(String), '0/0 Shop one not judged: not judged: it has no status'] });
  });
});

describe('the wait for objects that do not become ready', () => {
  test('names the image that cannot be pulled, its pod and its container after a grace period', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, IMAGE_PULL_FAULT), workload('Deployment', 'other', IMAGE));
    const result = await rollouts.wait(objects);

    expect(result).toMatchObject({ outcome: 'failed', cause: { workload: 'Deployment web', container: 'app', image: IMAGE, reason: 'ImagePullBackOff' } });
    expect(result.cause?.line).toMatch(/^Deployment web, pod web-\w+-\w+, container app, image registry\.example\.com\/web:1: ImagePullBackOff: .*not found$/);
    expect(result.said.filter((line) => line.includes(' problem: '))).toHaveLength(1);
  });

  test.each(['Deployment', 'DaemonSet'] as const)('ignores failed pods of the previous revision of a %s', async (kind) => {
    await rollouts.apply(workload(kind, 'web', IMAGE, IMAGE_PULL_FAULT));
    await until(() => asAdmin('get', 'pods').includes('ImagePullBackOff'));
    const objects = await rollouts.apply(workload(kind, 'web', NEW_IMAGE));
    const { outcome, cause } = await rollouts.wait(objects, { gracePeriods: { permanent: 0 } });

    expect({ outcome, cause }).toEqual({ outcome: 'ready', cause: undefined });
  });

  test('names the pod of the previous revision that blocks a StatefulSet until somebody deletes it', async () => {
    await rollouts.apply(workload('StatefulSet', 'db', IMAGE, IMAGE_PULL_FAULT));
    await until(() => asAdmin('get', 'pods').includes('ImagePullBackOff'));
    const objects = await rollouts.apply(workload('StatefulSet', 'db', NEW_IMAGE));
    const { outcome, cause } = await rollouts.wait(objects);
    expect({ outcome, pod: cause?.pod, line: cause?.line }).toEqual({
      outcome: 'failed', pod: 'db-0', line: expect.stringMatching(/not found; this pod has the previous revision, and the StatefulSet continues only when the pod is ready or deleted$/),
    });

    asAdmin('delete', 'pod', 'db-0', '--wait=false');
    expect(await rollouts.wait(objects)).toMatchObject({ outcome: 'ready' });
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job'] as const)('names the quota that rejects the pods of a %s', async (kind) => {
    asAdmin('create', 'quota', 'full', '--hard=pods=0');
    await until(() => asAdmin('get', 'quota', 'full', '-o', 'jsonpath={.status.hard.pods}') !== '');
    const objects = await rollouts.apply(kind === 'Job' ? job('web', IMAGE) : workload(kind, 'web', IMAGE));
    const { outcome, cause } = await rollouts.wait(objects, { gracePeriods: { temporary: 500 } });

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(new RegExp(`^${kind} web: FailedCreate: .*exceeded quota: full, requested: pods=1, used: pods=0, limited: pods=0`));
  });

  test('names the rule of Pod Security that rejects the pods', async () => {
    asAdmin('label', 'namespace', rollouts.namespace, 'pod-security.kubernetes.io/enforce=restricted');
    const { outcome, cause } = await rollouts.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)));

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment web: FailedCreate: pods "web-\w+-\w+" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false /);
  });

  test('names the reason why no node takes a pod, and shows the event', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    await until(() => asAdmin('get', 'events').includes('FailedScheduling'));
    const { outcome, cause, events } = await rollouts.wait(objects, { gracePeriods: { unschedulable: 3_000 } });

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment web, pod web-\w+-\w+: Unschedulable: 0\/1 nodes are available: /);
    expect(events).toContainEqual(expect.objectContaining({ reason: 'FailedScheduling', object: `Pod ${cause?.pod ?? ''}` }));
  });

  test('names the problem of a pod when the progress deadline is over', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    await untilUnschedulable(1);
    asAdmin('patch', 'deployment', 'web', '-p', '{"spec":{"progressDeadlineSeconds":1}}');
    const { outcome, cause } = await rollouts.wait(objects);

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment web, pod web-\w+-\w+: Unschedulable: .* \(ProgressDeadlineExceeded: ReplicaSet "web-\w+" has timed out progressing\.\)$/);
  });

  test('fails when the deadline of a Job is over', async () => {
    const { outcome, cause } = await rollouts.wait(await rollouts.apply(job('once', IMAGE, { ...STUCK, spec: { activeDeadlineSeconds: 1 } })));
    expect({ outcome, reason: cause?.reason ?? '' }).toEqual({ outcome: 'failed', reason: expect.stringMatching(/^(?:DeadlineExceeded|Unschedulable)$/) });
    expect(cause?.line).toContain('Job was active longer than specified deadline');
  });

  test('fails when somebody deletes an object during the wait or before it', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    const { result } = await underWay(rollouts, objects);
    asAdmin('delete', 'deployment', 'web');

    expect(await result).toMatchObject({ outcome: 'failed', cause: { line: 'Deployment web: Deleted: somebody deleted it' } });
    expect(await rollouts.wait(objects)).toMatchObject({ outcome: 'failed', cause: { reason: 'Deleted' } });
    await rollouts.apply(workload('Deployment', 'web', IMAGE));
    expect(await rollouts.wait(objects)).toMatchObject({ outcome: 'failed', cause: { reason: 'Deleted' } });
  });

  test('fails when somebody deletes the namespace', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    const { result } = await underWay(rollouts, objects);
    asAdmin('delete', 'namespace', rollouts.namespace, '--wait=false');

    expect(await result).toMatchObject({ outcome: 'failed', cause: { reason: 'NamespaceTerminating' } });
  });
});

describe('the wait ends', () => {
  test('with the known problem as cause, and the state of all objects, when the time limit is over', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK), workload('StatefulSet', 'db', IMAGE, STUCK), workload('Deployment', 'fine', IMAGE));
    asAdmin('wait', 'deployment/fine', '--for=condition=Available', '--timeout=60s');
    await untilUnschedulable(2);
    const clock = new ManualClock(Date.now());
    const waiting = await underWay(rollouts, objects, { clock, budget: 30_000 });
    // Both problems are reported once the wait has read the pods.
    clock.pass(1_000);
    await until(() => waiting.told.filter(({ state }) => state === 'problem').length === 2);
    clock.pass(29_000);
    const result = await waiting.result;

    expect(result).toMatchObject({ outcome: 'timed out', cause: { workload: 'Deployment web', reason: 'Unschedulable' } });
    expect(result.elapsed).toBe(30_000);
    expect(result.cause?.line).toMatch(/^Deployment web, pod .*: Unschedulable: /);
    expect(result.workloads.map(({ object, ready, message }) => `${object.name} ${ready}: ${message}`)).toEqual([
      'web false: 0 of 1 updated replicas are available', 'db false: 0 of 1 replicas are available', 'fine true: 1 replica available',
    ]);
  });

  test('with the reason of the signal when the command ends', async () => {
    const abort = new AbortController();
    const { result } = await underWay(rollouts, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)), { signal: abort.signal });
    abort.abort(new Error('ended by SIGTERM'));
    await expect(result).rejects.toThrow('ended by SIGTERM');
  });
});

interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

describe('a credential with few rights', () => {
  let limited: Rollouts;

  afterEach(() => limited?.close());

  async function withRights(...rules: ResourceRule[]): Promise<Rollouts> {
    const subjects = [{ kind: 'ServiceAccount', name: 'ci', namespace: rollouts.namespace }];
    asAdmin('create', 'serviceaccount', 'ci');
    asAdminFrom({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'ci' }, rules }, 'apply');
    asAdminFrom({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'ci' }, subjects, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'ci' } }, 'apply');
    const may = ({ verbs, apiGroups, resources, resourceNames = [] }: ResourceRule) => untilAllowed(controlPlane.kubeconfig, {
      ...serviceAccountUser(rollouts.namespace, 'ci'), namespace: rollouts.namespace, request: { verb: verbs[0]!, group: apiGroups[0]!, resource: resources[0]!, name: resourceNames[0] },
    });
    for (const rule of rules) await may(rule);
    limited = await Rollouts.connect(controlPlane.kubeconfig, rollouts.namespace, { token: asAdmin('create', 'token', 'ci').trim() });
    return limited;
  }

  const watching = (apiGroup: string, ...resources: string[]): ResourceRule => ({ apiGroups: [apiGroup], resources, verbs: ['get', 'list', 'watch'] });

  test('that may not read events still finds the cause', async () => {
    const ci = await withRights(watching('apps', 'deployments', 'replicasets'), watching('', 'pods'));
    const { outcome, cause, events, notes } = await ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)), { gracePeriods: { unschedulable: 500 } });

    expect({ outcome, events, reason: cause?.reason }).toEqual({ outcome: 'failed', events: [], reason: 'Unschedulable' });
    expect(notes).toEqual([`the credential may not watch events in ${rollouts.namespace}: this report leaves them out`]);
  });

  /** Writes the status that a kubelet would write for a crashing container. */
  async function crashing(): Promise<void> {
    let pod = '';
    await until(() => (pod = asAdmin('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].metadata.name}')) !== '');
    const terminated = { exitCode: 1, reason: 'Error', containerID: 'containerd://1' };
    const containerStatuses = [{ name: 'app', image: IMAGE, imageID: '', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } }];
    asAdmin('patch', 'pod', pod, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { containerStatuses } }));
  }

  test('that may not read logs still finds the cause', async () => {
    const ci = await withRights(watching('apps', 'deployments', 'replicasets'), watching('', 'pods', 'events'));
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    await crashing();
    const [theirs, ours] = [await ci.wait(objects), await rollouts.wait(objects)];

    expect(theirs).toMatchObject({ outcome: 'failed', cause: ours.cause, notes: [`the credential may not read the log of pod ${theirs.cause?.pod ?? ''}`] });
    expect(theirs.log).toBeUndefined();
    expect(ours).toMatchObject({ cause: { message: 'exit code 1, restarted 3 times' }, log: { previous: true, lines: [] }, notes: [] });
  });

  test('that may read only Deployments finds out whether they are ready', async () => {
    const ci = await withRights(watching('apps', 'deployments'));
    expect(await ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).toMatchObject({ outcome: 'ready' });
    const stuck = await rollouts.apply(workload('Deployment', 'stuck', IMAGE, STUCK));
    asAdmin('wait', 'deployment/stuck', '--for=jsonpath={.status.updatedReplicas}=1', '--timeout=60s');
    const { outcome, cause, notes } = await ci.wait(stuck, { budget: 6_000 });

    expect({ outcome, line: cause?.line }).toEqual({ outcome: 'timed out', line: 'Deployment stuck: NotReady: 0 of 1 updated replicas are available' });
    expect(notes).toHaveLength(3);
  });

  test('that may read but not watch its Deployments reads them every second', async () => {
    const reading = { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web', 'stuck', 'gone'], verbs: ['get'] };
    const ci = await withRights(reading, watching('', 'pods'), watching('apps', 'replicasets'), watching('', 'events'));
    expect(await ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).toMatchObject({ outcome: 'ready' });

    const { outcome, cause, notes } = await ci.wait(await rollouts.apply(workload('Deployment', 'stuck', IMAGE, STUCK)), { gracePeriods: { unschedulable: 500 } });
    expect({ outcome, reason: cause?.reason }).toEqual({ outcome: 'failed', reason: 'Unschedulable' });
    expect(notes).toEqual(['the credential may not watch deployments: they were read once a second instead']);

    const objects = await rollouts.apply(workload('Deployment', 'gone', IMAGE, STUCK));
    const { result } = await underWay(ci, objects);
    asAdmin('delete', 'deployment', 'gone');
    expect(await result).toMatchObject({ outcome: 'failed' });
  });

  test('that may not read the workloads gets an ApiError', async () => {
    const ci = await withRights(watching('', 'pods'));
    await expect(ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).rejects.toThrow(ApiError);
  });
});

describe('over an unreliable network', () => {
  let proxy: TcpProxy;
  let remote: Rollouts;

  beforeEach(async () => {
    proxy = await TcpProxy.start(Number(new URL(controlPlane.server).port));
    remote = await Rollouts.connect(controlPlane.kubeconfig, rollouts.namespace, { server: `https://127.0.0.1:${proxy.port}` });
  });

  afterEach(() => {
    remote.close();
    proxy.stop();
  });

  /** Replaces the pods that fit on no node. */
  const release = async () => rollouts.apply(workload('Deployment', 'web', IMAGE));

  test('the wait survives watches that are cut several times', async () => {
    const { result } = await underWay(remote, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    for (let times = 0; times < 5; times++) {
      const { connections } = proxy;
      proxy.cut();
      await until(() => proxy.connections > connections);
    }
    await release();

    expect(await result).toMatchObject({ outcome: 'ready' });
  });

  test('the wait survives a slow server', async () => {
    proxy.delay = 400;
    const { result } = await underWay(remote, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    await release();

    expect(await result).toMatchObject({ outcome: 'ready' });
  });

  test('the wait survives a restart of the API server', async () => {
    const { result } = await underWay(rollouts, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    await controlPlane.stopApiServer();
    await controlPlane.startApiServer();
    await release();

    expect(await result).toMatchObject({ outcome: 'ready' });
  });

  test('the wait survives an API server that is away for longer than the time limit of one call', async () => {
    const clock = new FakeClock();
    const hasty = await Rollouts.connect(controlPlane.kubeconfig, rollouts.namespace, { clock });
    const { result } = await underWay(hasty, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    const before = clock.now();
    await controlPlane.stopApiServer();
    await until(() => clock.now() - before > 2 * DEFAULT_BUDGET.total);
    await controlPlane.startApiServer();
    await release();

    expect(await result.finally(() => hasty.close())).toMatchObject({ outcome: 'ready' });
  });

  test('the wait ends at once when the certificate of the server is not trusted', async () => {
    const other = await Rollouts.connect(controlPlane.kubeconfig, rollouts.namespace, { tlsServerName: 'other.example.com' });
    await expect(other.wait(await release()).finally(() => other.close())).rejects.toThrow(/^cannot connect to https:.*: its TLS certificate is not trusted: it is for /);
  });

  test('the wait leaves no watch open', async () => {
    expect(await remote.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).toMatchObject({ outcome: 'ready' });
    // The client keeps the connections of finished requests for the next ones.
    await until(() => proxy.open <= 4);
  });
});
