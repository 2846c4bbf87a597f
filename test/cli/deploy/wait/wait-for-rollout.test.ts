import type { JsonObject } from '../../../../src/base/json';
import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { Progress, WaitedObject } from '../../../../src/cli/deploy/wait/rollout';
import { waitForRollout } from '../../../../src/cli/deploy/wait/wait-for-rollout';
import { ManualClock } from '../../../support/manual-clock';
import { podIn } from '../../../support/pods';

const WEB: WaitedObject = { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', name: 'web', uid: 'uid-web' };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/example/deployments';
const REPLICA_SETS = '/apis/apps/v1/namespaces/example/replicasets';
const PODS = '/api/v1/namespaces/example/pods';
const REVISION = { 'deployment.kubernetes.io/revision': '1' };

const deployment = (available: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'uid-web', annotations: REVISION },
  spec: { replicas: 1 },
  status: { replicas: 1, updatedReplicas: 1, availableReplicas: available },
}) as unknown as JsonObject;

const REPLICA_SET = {
  apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', uid: 'uid-rs', annotations: REVISION, ownerReferences: [{ uid: 'uid-web', controller: true }] },
} as unknown as JsonObject;

const podOf = (state: object): JsonObject => {
  const pod = podIn(state) as unknown as { metadata: object };
  return { ...pod, metadata: { ...pod.metadata, ownerReferences: [{ uid: 'uid-rs', controller: true }] } } as unknown as JsonObject;
};

/** Collections that a test fills, and changes while they are watched. */
class FakeCluster {
  public readonly watched: string[] = [];
  private readonly listeners = new Map<string, (event: object) => void>();

  public readonly client = {
    watch: (path: string, _query: unknown, { signal, listed }: { signal: AbortSignal; listed: () => void }) => this.follow(path, signal, listed),
    get: async () => deployment(0),
    text: async () => '',
  } as unknown as KubernetesClient;

  public constructor(private readonly lists: Record<string, readonly JsonObject[]>) {}

  public change(path: string, type: string, object: JsonObject): void {
    this.listeners.get(path)?.({ type, object });
  }

  private async *follow(path: string, signal: AbortSignal, listed: () => void) {
    this.watched.push(path);
    for (const object of this.lists[path] ?? []) yield { type: 'ADDED', object };
    listed();
    for (;;) {
      yield await new Promise<object>((resolve, reject) => {
        this.listeners.set(path, resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
  }
}

let clock: ManualClock;
let told: Progress[];
let abort: AbortController;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  abort = new AbortController();
});

const wait = (cluster: FakeCluster) =>
  waitForRollout(cluster.client, [WEB], { namespace: 'example', budget: 60_000, clock, signal: abort.signal, progress: (progress) => told.push(progress) });

/** Lets all promises settle that wait for nothing but each other, then moves the clock. */
async function pass(milliseconds: number): Promise<void> {
  for (let times = 0; times < 3; times += 1) await new Promise((resolve) => setImmediate(resolve));
  clock.pass(milliseconds);
  for (let times = 0; times < 3; times += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('the wait ends without reading pods when all objects are ready', async () => {
  const cluster = new FakeCluster({ [DEPLOYMENTS]: [deployment(1)] });
  expect(await wait(cluster)).toMatchObject({ outcome: 'ready', elapsed: 0, workloads: [{ ready: true }], events: [], notes: [] });
  expect(cluster.watched).toEqual([DEPLOYMENTS]);
  expect(told.map(({ state, message }) => `${state}: ${message}`)).toEqual(['ready: 1 replica available']);
});

test('the wait ends when a change makes the last object ready', async () => {
  const cluster = new FakeCluster({ [DEPLOYMENTS]: [deployment(0)] });
  const result = wait(cluster);
  await pass(0);
  cluster.change(DEPLOYMENTS, 'MODIFIED', deployment(1));
  expect(await result).toMatchObject({ outcome: 'ready' });
  expect(told.map(({ state }) => state)).toEqual(['waiting', 'ready']);
});

test('the wait watches the pods of an unready object, and fails when the grace period of a problem is over', async () => {
  const pod = podOf({ waiting: { reason: 'ErrImagePull', message: 'not found' } });
  const cluster = new FakeCluster({ [DEPLOYMENTS]: [deployment(0)], [PODS]: [pod], [REPLICA_SETS]: [REPLICA_SET] });
  const result = wait(cluster);
  await pass(0);
  expect(cluster.watched).toEqual([DEPLOYMENTS, REPLICA_SETS, PODS, '/api/v1/namespaces/example/events']);
  await pass(3_000);
  expect(await result).toMatchObject({ outcome: 'failed', elapsed: 3_000, cause: { pod: 'web-1', image: 'example.com/web:1', reason: 'ErrImagePull', message: 'not found' } });
  expect(told.map(({ state }) => state)).toEqual(['waiting', 'problem']);
});

test('the wait fails at once when an object is deleted', async () => {
  const cluster = new FakeCluster({ [DEPLOYMENTS]: [deployment(0)] });
  const result = wait(cluster);
  await pass(0);
  cluster.change(DEPLOYMENTS, 'DELETED', deployment(0));
  expect(await result).toMatchObject({ outcome: 'failed', cause: { line: 'Deployment web: Deleted: somebody deleted it' } });
});

test('the wait times out with the state of the first unready object as the cause', async () => {
  const result = wait(new FakeCluster({ [DEPLOYMENTS]: [deployment(0)] }));
  await pass(1_000);
  await pass(59_000);
  expect(await result).toMatchObject({ outcome: 'timed out', elapsed: 60_000, cause: { line: 'Deployment web: NotReady: 0 of 1 updated replicas are available' } });
});

test('the wait ends with the reason of the signal', async () => {
  const result = wait(new FakeCluster({ [DEPLOYMENTS]: [deployment(0)] }));
  const ended = expect(result).rejects.toThrow('ended by SIGTERM');
  await pass(0);
  abort.abort(new Error('ended by SIGTERM'));
  await ended;
});
