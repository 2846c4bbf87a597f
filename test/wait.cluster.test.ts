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
import { resultLines } from '../src/cli/deploy/wait/result-lines';
import { Progress, WaitedObject, WaitOptions } from '../src/cli/deploy/wait/rollout';

const IMAGE = 'registry.example.com/web:1';
const NEW_IMAGE = 'registry.example.com/web:2';
const IMAGE_PULL_FAULT = { annotations: { 'e2e/fault': 'image-pull' } };
/** It fits nowhere, so it stays as it is. */
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

/** The scheduler has said so of this many pods. */
async function untilUnschedulable(pods: number): Promise<void> {
  const said = () => asAdmin('get', 'pods', '-o', 'jsonpath={.items[*].status.conditions[*].reason}').split(' ').filter((reason) => reason === 'Unschedulable');
  await until(() => said().length >= pods);
}

/** A wait that has seen all of its objects, and goes on. */
interface UnderWay {
  readonly result: Promise<Waited>;
  readonly told: readonly Progress[];
}

/** What it waits for may take as long as it likes: the test says what happens. */
async function underWay(those: Rollouts, objects: readonly WaitedObject[], options: Partial<WaitOptions> = {}): Promise<UnderWay> {
  const told: Progress[] = [];
  const result = those.wait(objects, { patience: { unschedulable: 3_600_000 }, ...options, progress: (progress) => told.push(progress) });
  // A failure is one of the test's expectation.
  result.catch(() => undefined);
  await until(() => objects.every(({ kind, name }) => told.some((progress) => progress.workload === `${kind} ${name}`)));
  return { result, told };
}

describe('what becomes ready', () => {
  test('workloads of every kind, at once, and each change is told once', async () => {
    const objects = await rollouts.apply(
      workload('Deployment', 'web', IMAGE, { spec: { replicas: 2 } }), workload('StatefulSet', 'db', IMAGE), workload('DaemonSet', 'agent', IMAGE), job('once', IMAGE));
    const { outcome, workloads, said, cause } = await rollouts.wait(objects);

    expect({ outcome, cause }).toEqual({ outcome: 'ready', cause: undefined });
    expect(workloads.map(({ words }) => words)).toEqual(['2 replicas available', '1 replica available', '1 pod available', 'complete']);
    expect(new Set(said).size).toBe(said.length);
    expect(said[said.length - 1]).toMatch(/^4\/4 \w+ \w+ ready: /);
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)('%s that is updated is not ready before the new pods are', async (kind) => {
    await rollouts.wait(await rollouts.apply(workload(kind, 'web', IMAGE)));
    const { outcome } = await rollouts.wait(await rollouts.apply(workload(kind, 'web', NEW_IMAGE)));

    expect(outcome).toBe('ready');
    const pods = asAdmin('get', 'pods', '-l', 'app=web', '--field-selector', 'status.phase=Running', '-o', 'jsonpath={.items[?(@.metadata.deletionTimestamp=="")].spec.containers[0].image}');
    expect(pods.replace(NEW_IMAGE, '')).toBe('');
  });

  test('nothing changed: one list is all it takes', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE));
    await rollouts.wait(objects);
    const before = rollouts.cluster.counts.requests;
    const { outcome, said } = await rollouts.wait(objects);

    expect({ outcome, said }).toEqual({ outcome: 'ready', said: ['1/1 Deployment web ready: 1 replica available'] });
    // The list, and the watch that begins after it.
    expect(rollouts.cluster.counts.requests - before).toBeLessThanOrEqual(2);
  });

  test('nothing to wait for', async () => {
    expect(await rollouts.wait([])).toMatchObject({ outcome: 'ready', workloads: [] });
  });

  test('no replicas, and a Deployment that is paused', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'none', IMAGE, { spec: { replicas: 0 } }), workload('Deployment', 'paused', IMAGE, { spec: { paused: true } }));
    const { outcome, workloads } = await rollouts.wait(objects);

    expect(outcome).toBe('ready');
    expect(workloads.map(({ words }) => words)).toEqual(['0 replicas available', 'it is paused (spec.paused): nothing is rolled out']);
  });

  test('objects of one kind are watched by the selector that they have in common', async () => {
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

  test('that stalls is a cause', async () => {
    const objects = await rollouts.apply(shop);
    says({ type: 'Stalled', status: 'True', reason: 'NoLicence', message: 'there is no licence' });
    const { outcome, cause } = await rollouts.wait(objects, { patience: { lasting: 100 } });

    expect({ outcome, line: cause?.line }).toEqual({ outcome: 'failed', line: 'Shop one: NoLicence: there is no licence' });
  });

  test('of which nothing is ever said is ready after a moment', async () => {
    expect(await rollouts.wait(await rollouts.apply(shop))).toMatchObject({ outcome: 'ready', workloads: [{ words: 'it has no condition Ready' }] });
  });
});

describe('what does not heal', () => {
  test('an image that cannot be pulled is named with the pod and the container, after a grace', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, IMAGE_PULL_FAULT), workload('Deployment', 'other', IMAGE));
    const result = await rollouts.wait(objects);

    expect(result).toMatchObject({ outcome: 'failed', cause: { workload: 'Deployment web', container: 'app', image: IMAGE, reason: 'ImagePullBackOff' } });
    expect(result.cause?.line).toMatch(/^Deployment web, pod web-\w+-\w+, container app, image registry\.example\.com\/web:1: ImagePullBackOff: .*not found$/);
    expect(result.said.filter((line) => line.includes('trouble'))).toHaveLength(1);
    expect(resultLines(result)[0]).toMatch(/^failed after [\d.]+ s: Deployment web, pod /);
  });

  test.each(['Deployment', 'DaemonSet'] as const)('%s: the pods of the version before are no cause', async (kind) => {
    await rollouts.apply(workload(kind, 'web', IMAGE, IMAGE_PULL_FAULT));
    await until(() => asAdmin('get', 'pods').includes('ImagePullBackOff'));
    const objects = await rollouts.apply(workload(kind, 'web', NEW_IMAGE));
    const { outcome, cause } = await rollouts.wait(objects, { patience: { lasting: 0 } });

    expect({ outcome, cause }).toEqual({ outcome: 'ready', cause: undefined });
  });

  test('a StatefulSet waits for a pod of the version before: it is named until somebody deletes it', async () => {
    await rollouts.apply(workload('StatefulSet', 'db', IMAGE, IMAGE_PULL_FAULT));
    await until(() => asAdmin('get', 'pods').includes('ImagePullBackOff'));
    const objects = await rollouts.apply(workload('StatefulSet', 'db', NEW_IMAGE));
    const { outcome, cause } = await rollouts.wait(objects);
    expect({ outcome, pod: cause?.pod, line: cause?.line }).toEqual({
      outcome: 'failed', pod: 'db-0', line: expect.stringMatching(/not found; this pod is of the revision before, and the StatefulSet only goes on when it is ready or deleted$/),
    });

    asAdmin('delete', 'pod', 'db-0', '--wait=false');
    expect(await rollouts.wait(objects)).toMatchObject({ outcome: 'ready' });
  });

  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job'] as const)('%s: a quota without room for its pods', async (kind) => {
    asAdmin('create', 'quota', 'full', '--hard=pods=0');
    await until(() => asAdmin('get', 'quota', 'full', '-o', 'jsonpath={.status.hard.pods}') !== '');
    const objects = await rollouts.apply(kind === 'Job' ? job('web', IMAGE) : workload(kind, 'web', IMAGE));
    const { outcome, cause } = await rollouts.wait(objects, { patience: { passing: 500 } });

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(new RegExp(`^${kind} web: FailedCreate: .*exceeded quota: full, requested: pods=1, used: pods=0, limited: pods=0`));
  });

  test('Pod Security refuses the pods', async () => {
    asAdmin('label', 'namespace', rollouts.namespace, 'pod-security.kubernetes.io/enforce=restricted');
    const { outcome, cause } = await rollouts.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)));

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment web: FailedCreate: pods "web-\w+-\w+" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false /);
  });

  test('no node takes the pod', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    await until(() => asAdmin('get', 'events').includes('FailedScheduling'));
    const { outcome, cause, events } = await rollouts.wait(objects, { patience: { unschedulable: 3_000 } });

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment web, pod web-\w+-\w+: Unschedulable: 0\/1 nodes are available: /);
    expect(events).toContainEqual(expect.objectContaining({ reason: 'FailedScheduling', object: `Pod ${cause?.pod ?? ''}` }));
  });

  test('the progress deadline is over: what is known of a pod is the cause', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    await untilUnschedulable(1);
    asAdmin('patch', 'deployment', 'web', '-p', '{"spec":{"progressDeadlineSeconds":1}}');
    const { outcome, cause } = await rollouts.wait(objects);

    expect(outcome).toBe('failed');
    expect(cause?.line).toMatch(/^Deployment web, pod web-\w+-\w+: Unschedulable: .* \(ProgressDeadlineExceeded: ReplicaSet "web-\w+" has timed out progressing\.\)$/);
  });

  test('a Job that takes too long', async () => {
    const { outcome, cause } = await rollouts.wait(await rollouts.apply(job('once', IMAGE, { ...STUCK, spec: { activeDeadlineSeconds: 1 } })));
    expect({ outcome, reason: cause?.reason ?? '' }).toEqual({ outcome: 'failed', reason: expect.stringMatching(/^(?:DeadlineExceeded|Unschedulable)$/) });
    expect(cause?.line).toContain('Job was active longer than specified deadline');
  });

  test('somebody deletes it meanwhile, or did before', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    const { result } = await underWay(rollouts, objects);
    asAdmin('delete', 'deployment', 'web');

    expect(await result).toMatchObject({ outcome: 'failed', cause: { line: 'Deployment web: Deleted: somebody deleted it' } });
    expect(await rollouts.wait(objects)).toMatchObject({ outcome: 'failed', cause: { reason: 'Deleted' } });
    await rollouts.apply(workload('Deployment', 'web', IMAGE));
    expect(await rollouts.wait(objects)).toMatchObject({ outcome: 'failed', cause: { reason: 'Deleted' } });
  });

  test('the namespace is being deleted', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    const { result } = await underWay(rollouts, objects);
    asAdmin('delete', 'namespace', rollouts.namespace, '--wait=false');

    expect(await result).toMatchObject({ outcome: 'failed', cause: { reason: 'NamespaceTerminating' } });
  });
});

describe('the time is up', () => {
  test('what is known then is the cause, and what else is not ready is told', async () => {
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK), workload('StatefulSet', 'db', IMAGE, STUCK), workload('Deployment', 'fine', IMAGE));
    asAdmin('wait', 'deployment/fine', '--for=condition=Available', '--timeout=60s');
    await untilUnschedulable(2);
    const clock = new ManualClock(Date.now());
    const waiting = await underWay(rollouts, objects, { clock, budget: 30_000 });
    // It looks at the pods when a second has passed.
    clock.pass(1_000);
    await until(() => waiting.told.filter(({ state }) => state === 'trouble').length === 2);
    clock.pass(29_000);
    const result = await waiting.result;

    expect(result).toMatchObject({ outcome: 'timed out', cause: { workload: 'Deployment web', reason: 'Unschedulable' } });
    expect(resultLines(result)).toEqual(expect.arrayContaining([
      expect.stringMatching(/^not ready within 30 s: Deployment web, pod .*: Unschedulable: /), '  not ready either:', '    StatefulSet db: 0 of 1 replicas are available',
    ]));
  });

  test('the end of the command ends the wait', async () => {
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

  test('that may not see events knows the cause all the same', async () => {
    const ci = await withRights(watching('apps', 'deployments', 'replicasets'), watching('', 'pods'));
    const { outcome, cause, events, notes } = await ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)), { patience: { unschedulable: 500 } });

    expect({ outcome, events, reason: cause?.reason }).toEqual({ outcome: 'failed', events: [], reason: 'Unschedulable' });
    expect(notes).toEqual([`events in ${rollouts.namespace} may not be watched, so what they say is missing here`]);
  });

  /** What a kubelet would say, of a pod that none has. */
  async function crashing(): Promise<void> {
    let pod = '';
    await until(() => (pod = asAdmin('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].metadata.name}')) !== '');
    const terminated = { exitCode: 1, reason: 'Error', containerID: 'containerd://1' };
    const containerStatuses = [{ name: 'app', image: IMAGE, imageID: '', ready: false, restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } }];
    asAdmin('patch', 'pod', pod, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { containerStatuses } }));
  }

  test('that may not read logs knows the cause all the same', async () => {
    const ci = await withRights(watching('apps', 'deployments', 'replicasets'), watching('', 'pods', 'events'));
    const objects = await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK));
    await crashing();
    const [theirs, ours] = [await ci.wait(objects), await rollouts.wait(objects)];

    expect(theirs).toMatchObject({ outcome: 'failed', cause: ours.cause, notes: [`the log of pod ${theirs.cause?.pod ?? ''} may not be read`] });
    expect(theirs.log).toBeUndefined();
    expect(ours).toMatchObject({ cause: { message: 'exit code 1, restarted 3 times' }, log: { previous: true, lines: [] }, notes: [] });
  });

  test('that may see Deployments only knows whether they are ready', async () => {
    const ci = await withRights(watching('apps', 'deployments'));
    expect(await ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).toMatchObject({ outcome: 'ready' });
    const stuck = await rollouts.apply(workload('Deployment', 'stuck', IMAGE, STUCK));
    asAdmin('wait', 'deployment/stuck', '--for=jsonpath={.status.updatedReplicas}=1', '--timeout=60s');
    const { outcome, cause, notes } = await ci.wait(stuck, { budget: 6_000 });

    expect({ outcome, line: cause?.line }).toEqual({ outcome: 'timed out', line: 'Deployment stuck: NotReady: 0 of 1 updated replicas are available' });
    expect(notes).toHaveLength(3);
  });

  test('that may read its Deployments and watch none asks for them again and again', async () => {
    const reading = { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web', 'stuck', 'gone'], verbs: ['get'] };
    const ci = await withRights(reading, watching('', 'pods'), watching('apps', 'replicasets'), watching('', 'events'));
    expect(await ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).toMatchObject({ outcome: 'ready' });

    const { outcome, cause, notes } = await ci.wait(await rollouts.apply(workload('Deployment', 'stuck', IMAGE, STUCK)), { patience: { unschedulable: 500 } });
    expect({ outcome, reason: cause?.reason }).toEqual({ outcome: 'failed', reason: 'Unschedulable' });
    expect(notes).toEqual(['deployments may not be watched, so they were asked for every second']);

    const objects = await rollouts.apply(workload('Deployment', 'gone', IMAGE, STUCK));
    const { result } = await underWay(ci, objects);
    asAdmin('delete', 'deployment', 'gone');
    expect(await result).toMatchObject({ outcome: 'failed' });
  });

  test('that may not see the workloads is refused', async () => {
    const ci = await withRights(watching('', 'pods'));
    await expect(ci.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).rejects.toThrow(ApiError);
  });
});

describe('a network and a server that fail', () => {
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

  /** What was stuck can run from now on. */
  const release = async () => rollouts.apply(workload('Deployment', 'web', IMAGE));

  test('watches that are cut, again and again', async () => {
    const { result } = await underWay(remote, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    for (let times = 0; times < 5; times++) {
      const { connections } = proxy;
      proxy.cut();
      await until(() => proxy.connections > connections);
    }
    await release();

    expect(await result).toMatchObject({ outcome: 'ready' });
  });

  test('a server that takes its time', async () => {
    proxy.delay = 400;
    const { result } = await underWay(remote, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    await release();

    expect(await result).toMatchObject({ outcome: 'ready' });
  });

  test('an API server that is killed and started again', async () => {
    const { result } = await underWay(rollouts, await rollouts.apply(workload('Deployment', 'web', IMAGE, STUCK)));
    await controlPlane.stopApiServer();
    await controlPlane.startApiServer();
    await release();

    expect(await result).toMatchObject({ outcome: 'ready' });
  });

  test('an API server that is away for longer than one call waits', async () => {
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

  test('a server that is not to be trusted is not asked again', async () => {
    const other = await Rollouts.connect(controlPlane.kubeconfig, rollouts.namespace, { tlsServerName: 'other.example.com' });
    await expect(other.wait(await release()).finally(() => other.close())).rejects.toThrow(/^cannot connect to https:.*: its TLS certificate is not trusted: it is for /);
  });

  test('no watch stays when the wait is over', async () => {
    expect(await remote.wait(await rollouts.apply(workload('Deployment', 'web', IMAGE)))).toMatchObject({ outcome: 'ready' });
    // Connections of requests that have ended are kept for the next.
    await until(() => proxy.open <= 4);
  });
});
