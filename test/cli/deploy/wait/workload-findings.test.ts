import { JsonObject } from '../../../../src/base/json';
import { NamespaceSnapshot } from '../../../../src/cli/deploy/wait/namespace-snapshot';
import { workloadFindings } from '../../../../src/cli/deploy/wait/workload-findings';
import { pod, PodParts, warning } from '../../../support/pods';

const REVISION = 'deployment.kubernetes.io/revision';
const APPLIED = '2026-01-01T00:00:05Z';

function workload(kind: string, parts: { metadata?: object; spec?: object; status?: object } = {}): JsonObject {
  const managedFields = [{ manager: 'cdk8s-ci-deploy', time: APPLIED }, { manager: 'kube-controller-manager', time: '2026-01-01T01:00:00Z', subresource: 'status' }];
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'web', uid: 'uid-web', generation: 2, managedFields, ...parts.metadata },
    spec: { replicas: 1, ...parts.spec },
    status: { observedGeneration: 2, ...parts.status },
  } as unknown as JsonObject;
}

function replicaSet(revision: string, parts: object = {}): JsonObject {
  return {
    apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: `web-${revision}`, uid: `uid-rs-${revision}`, annotations: { [REVISION]: revision }, ownerReferences: [{ uid: 'uid-web', controller: true }] }, ...parts,
  } as unknown as JsonObject;
}

const broken = (parts: PodParts) => pod({ status: { containerStatuses: [{ name: 'app', state: { waiting: { reason: 'InvalidImageName' } } }] }, ...parts });

function found(object: JsonObject, owned: JsonObject[] = [], events: JsonObject[] = []): string[] {
  return workloadFindings(object, new NamespaceSnapshot(owned, events), 3).map(({ grace, problem }) => `${grace} ${problem.pod ?? '-'} ${problem.reason}: ${problem.message}`);
}

describe('the findings come from the pods', () => {
  const second = { metadata: { annotations: { [REVISION]: '2' } } };

  test('of the ReplicaSet with the current revision, for a Deployment', () => {
    const owned = [replicaSet('1'), replicaSet('2'), broken({ name: 'old', owner: 'uid-rs-1' }), broken({ name: 'new', owner: 'uid-rs-2' })];
    expect(found(workload('Deployment', second), owned)).toEqual(['none new InvalidImageName: ']);
  });

  test('of no ReplicaSet, for a Deployment that its controller has not observed', () => {
    const owned = [replicaSet('2'), broken({ name: 'old', owner: 'uid-rs-2' })];
    expect(found(workload('Deployment', { ...second, status: { observedGeneration: 1 } }), owned)).toEqual(['timeout - NotReady: its controller has not observed the latest change yet']);
  });

  test.each<[string, JsonObject, object]>([
    ['StatefulSet', workload('StatefulSet', { spec: { podManagementPolicy: 'Parallel' }, status: { updateRevision: 'b', replicas: 2 } }), { 'controller-revision-hash': 'b' }],
    ['DaemonSet', workload('DaemonSet', { metadata: { annotations: { 'deprecated.daemonset.template.generation': '4' } }, status: { desiredNumberScheduled: 1 } }), { 'pod-template-generation': '4' }],
  ])('with the label of the current revision, for a %s', (_, object, labels) => {
    const old = broken({ name: 'old', labels: { 'controller-revision-hash': 'a', 'pod-template-generation': '3' } });
    expect(found(object, [old, broken({ name: 'new', labels })])).toEqual(['none new InvalidImageName: ']);
    expect(found(object, [old])).toEqual([expect.stringMatching(/^timeout - NotReady: /)]);
  });

  test('of the Job, whatever their labels', () => {
    expect(found(workload('Job'), [broken({})])).toEqual(['none web-1 InvalidImageName: ']);
  });

  test('that are not being deleted and that the workload controls', () => {
    expect(found(workload('Job'), [broken({ deleted: true }), broken({ name: 'other', owner: 'another' })])).toEqual(['timeout - NotReady: 0 pods active']);
  });

  test('of the previous revision too, for a StatefulSet that waits for them', () => {
    const object = workload('StatefulSet', { status: { updateRevision: 'b', replicas: 1 } });
    const labels = { 'controller-revision-hash': 'a' };
    expect(found(object, [broken({ labels })])).toEqual([
      'none web-1 InvalidImageName: ; this pod has the previous revision, and the StatefulSet continues only when the pod is ready or deleted',
    ]);
    expect(found(object, [broken({ labels, deleted: true })])).toEqual(['timeout - NotReady: 0 of 1 replicas are available']);
  });
});

test('a ready workload has no findings', () => {
  expect(found(workload('Job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }), [broken({})])).toEqual([]);
});

describe('the finding for a Deployment', () => {
  const refused = (message: string, reason = 'FailedCreate') => replicaSet('2', { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason, message }] } });
  const deployment = workload('Deployment', { metadata: { annotations: { [REVISION]: '2' } } });

  test.each([
    ['pods "web-2-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'permanent - FailedCreate'],
    ['pods "web-2-x" is forbidden: error looking up service account ns/ci: serviceaccount "ci" not found', 'permanent - FailedCreate'],
    ['pods "web-2-x" is forbidden: exceeded quota: full, requested: pods=1, used: pods=2, limited: pods=2', 'temporary - FailedCreate'],
    ['Internal error occurred: failed calling webhook "w.example.com": connect: connection refused', 'temporary - FailedCreate'],
    ['pods "web-2-x" is forbidden: unable to create new content in namespace ns because it is being terminated', 'none - NamespaceTerminating'],
  ])('names the reason why its pods are rejected: %s', (message, expected) => {
    expect(found(deployment, [refused(message)])).toEqual([`${expected}: ${message}`]);
  });

  test('names the problem of a pod when the progress deadline is over', () => {
    const late = workload('Deployment', {
      metadata: { annotations: { [REVISION]: '2' } }, status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'it has timed out' }] },
    });
    const unready = pod({ owner: 'uid-rs-2', status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', message: 'containers with unready status: [app]' }] } });
    expect(found(late, [replicaSet('2')])).toEqual(['diagnosing - ProgressDeadlineExceeded: it has timed out']);
    expect(found(late, [replicaSet('2'), unready])).toEqual([
      'none web-1 NotReady: containers with unready status: [app] (ProgressDeadlineExceeded: it has timed out)',
    ]);
    // The pods are listed, but not yet their events.
    const [early] = workloadFindings(late, new NamespaceSnapshot([replicaSet('2'), unready], [], false), 3);
    expect(early).toMatchObject({ grace: 'diagnosing', problem: { pod: 'web-1' } });
  });
});

describe('the findings from events', () => {
  const refused = (time: string) => warning('uid-web', 'FailedCreate', 'pods "web-0" is forbidden: no', time);

  test.each<[string, object]>([['StatefulSet', {}], ['DaemonSet', { desiredNumberScheduled: 1 }], ['Job', {}]])('name the reason why the pods of a %s are rejected', (kind, status) => {
    expect(found(workload(kind, { status }), [], [refused('2026-01-01T00:00:06Z')])).toEqual(['permanent - FailedCreate: pods "web-0" is forbidden: no']);
    // This event is of the same second and has a fraction.
    expect(found(workload(kind, { status }), [], [refused('2026-01-01T00:00:05.123456Z')])).toHaveLength(1);
  });

  test('leave out events from before the last change, and all events once the pods exist', () => {
    expect(found(workload('StatefulSet'), [], [refused('2026-01-01T00:00:04Z')])).toEqual(['timeout - NotReady: 0 of 1 replicas are available']);
    expect(found(workload('StatefulSet', { status: { replicas: 1 } }), [], [refused('2026-01-01T00:00:06Z')])).toEqual(['timeout - NotReady: 0 of 1 replicas are available']);
  });

  const pending = { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }] };

  test.each([
    ['FailedMount', 'MountVolume.SetUp failed for volume "v" : configmap "nothing" not found', 'temporary'],
    ['FailedMount', 'references non-existent secret key: a', 'temporary'],
    ['FailedAttachVolume', 'the volume is attached elsewhere', 'timeout'],
    ['FailedCreatePodSandBox', 'no network', 'timeout'],
  ])('name the reason why containers cannot be created: %s: %s', (reason, message, grace) => {
    expect(found(workload('Job'), [pod({ status: pending })], [warning('uid-web-1', reason, message)])).toEqual([`${grace} web-1 ${reason}: ${message}`]);
  });

  test('name the container of a failed probe', () => {
    const containerStatuses = [{ name: 'proxy', ready: true, state: { running: {} } }, { name: 'app', ready: false, state: { running: {} } }];
    const its = pod({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], containerStatuses } });
    const [finding] = workloadFindings(workload('Job'), new NamespaceSnapshot([its], [warning('uid-web-1', 'Unhealthy', 'Readiness probe failed: ')]), 3);
    expect(finding).toEqual({ grace: 'timeout', problem: { workload: 'Job web', pod: 'web-1', container: 'app', reason: 'Unhealthy', message: 'Readiness probe failed' } });
  });
});

test.each([
  ['Unschedulable', 'unschedulable'],
  ['SchedulingGated', 'timeout'],
])('the finding for a pod without a node has the reason %s', (reason, grace) => {
  const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message: '0/1 nodes are available' }] };
  expect(found(workload('Job'), [pod({ status })])).toEqual([`${grace} web-1 ${reason}: 0/1 nodes are available`]);
});

test('the finding for a pod that its node rejected has the reason of the node', () => {
  expect(found(workload('Job'), [pod({ status: { phase: 'Failed', reason: 'OutOfcpu', message: 'Node didn\'t have enough' } })])).toEqual(['timeout web-1 OutOfcpu: Node didn\'t have enough']);
});

test.each(['Failed', 'FailureTarget'])('the finding for a Job with the condition %s names its last pod', (type) => {
  const failed = workload('Job', { status: { conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' }] } });
  const ended = pod({ status: { phase: 'Failed', containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 2, reason: 'Error' } } }] } });
  expect(found(failed)).toEqual(['diagnosing - BackoffLimitExceeded: too often']);
  expect(found(failed, [ended])).toEqual(['none web-1 Error: exit code 2 (BackoffLimitExceeded: too often)']);
});
