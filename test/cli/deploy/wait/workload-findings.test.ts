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
  return workloadFindings(object, new NamespaceSnapshot(owned, events), 3).map(({ patience, trouble }) => `${patience} ${trouble.pod ?? '-'} ${trouble.reason}: ${trouble.message}`);
}

describe('which pods count', () => {
  const second = { metadata: { annotations: { [REVISION]: '2' } } };

  test('of a Deployment, those of the ReplicaSet with its revision', () => {
    const owned = [replicaSet('1'), replicaSet('2'), broken({ name: 'old', owner: 'uid-rs-1' }), broken({ name: 'new', owner: 'uid-rs-2' })];
    expect(found(workload('Deployment', second), owned)).toEqual(['none new InvalidImageName: ']);
  });

  test('of a Deployment that its controller has not seen, none', () => {
    const owned = [replicaSet('2'), broken({ name: 'old', owner: 'uid-rs-2' })];
    expect(found(workload('Deployment', { ...second, status: { observedGeneration: 1 } }), owned)).toEqual(['endless - NotReady: its controller has not seen it yet']);
  });

  test.each<[string, JsonObject, object]>([
    ['StatefulSet', workload('StatefulSet', { spec: { podManagementPolicy: 'Parallel' }, status: { updateRevision: 'b', replicas: 2 } }), { 'controller-revision-hash': 'b' }],
    ['DaemonSet', workload('DaemonSet', { metadata: { annotations: { 'deprecated.daemonset.template.generation': '4' } }, status: { desiredNumberScheduled: 1 } }), { 'pod-template-generation': '4' }],
  ])('of a %s, those that are labelled as its newest', (_, object, labels) => {
    const old = broken({ name: 'old', labels: { 'controller-revision-hash': 'a', 'pod-template-generation': '3' } });
    expect(found(object, [old, broken({ name: 'new', labels })])).toEqual(['none new InvalidImageName: ']);
    expect(found(object, [old])).toEqual([expect.stringMatching(/^endless - NotReady: /)]);
  });

  test('of a Job, all', () => {
    expect(found(workload('Job'), [broken({})])).toEqual(['none web-1 InvalidImageName: ']);
  });

  test('none that is being deleted, and none of another', () => {
    expect(found(workload('Job'), [broken({ deleted: true }), broken({ name: 'other', owner: 'another' })])).toEqual(['endless - NotReady: 0 pods active']);
  });

  test('a StatefulSet waits for a pod of the revision before', () => {
    const object = workload('StatefulSet', { status: { updateRevision: 'b', replicas: 1 } });
    const labels = { 'controller-revision-hash': 'a' };
    expect(found(object, [broken({ labels })])).toEqual([
      'none web-1 InvalidImageName: ; this pod is of the revision before, and the StatefulSet only goes on when it is ready or deleted',
    ]);
    expect(found(object, [broken({ labels, deleted: true })])).toEqual(['endless - NotReady: 0 of 1 replicas are available']);
  });
});

test('of what is ready, nothing is found', () => {
  expect(found(workload('Job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }), [broken({})])).toEqual([]);
});

describe('a Deployment', () => {
  const refused = (message: string, reason = 'FailedCreate') => replicaSet('2', { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason, message }] } });
  const deployment = workload('Deployment', { metadata: { annotations: { [REVISION]: '2' } } });

  test.each([
    ['pods "web-2-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'lasting - FailedCreate'],
    ['pods "web-2-x" is forbidden: error looking up service account ns/ci: serviceaccount "ci" not found', 'lasting - FailedCreate'],
    ['pods "web-2-x" is forbidden: exceeded quota: full, requested: pods=1, used: pods=2, limited: pods=2', 'passing - FailedCreate'],
    ['Internal error occurred: failed calling webhook "w.example.com": connect: connection refused', 'passing - FailedCreate'],
    ['pods "web-2-x" is forbidden: unable to create new content in namespace ns because it is being terminated', 'none - NamespaceTerminating'],
  ])('whose pods are refused: %s', (message, expected) => {
    expect(found(deployment, [refused(message)])).toEqual([`${expected}: ${message}`]);
  });

  test('whose progress deadline is over has the trouble of a pod as its cause, if there is one', () => {
    const late = workload('Deployment', {
      metadata: { annotations: { [REVISION]: '2' } }, status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'it has timed out' }] },
    });
    const unready = pod({ owner: 'uid-rs-2', status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', message: 'containers with unready status: [app]' }] } });
    expect(found(late, [replicaSet('2')])).toEqual(['verdict - ProgressDeadlineExceeded: it has timed out']);
    expect(found(late, [replicaSet('2'), unready])).toEqual([
      'none web-1 NotReady: containers with unready status: [app] (ProgressDeadlineExceeded: it has timed out)',
    ]);
    // The pods are listed, their events are not.
    const [early] = workloadFindings(late, new NamespaceSnapshot([replicaSet('2'), unready], [], false), 3);
    expect(early).toMatchObject({ patience: 'verdict', trouble: { pod: 'web-1' } });
  });
});

describe('what only events tell', () => {
  const refused = (time: string) => warning('uid-web', 'FailedCreate', 'pods "web-0" is forbidden: no', time);

  test.each<[string, object]>([['StatefulSet', {}], ['DaemonSet', { desiredNumberScheduled: 1 }], ['Job', {}]])('%s: its pods are refused', (kind, status) => {
    expect(found(workload(kind, { status }), [], [refused('2026-01-01T00:00:06Z')])).toEqual(['lasting - FailedCreate: pods "web-0" is forbidden: no']);
    // In the same second, with a fraction.
    expect(found(workload(kind, { status }), [], [refused('2026-01-01T00:00:05.123456Z')])).toHaveLength(1);
  });

  test('what was said before the manifest was applied does not count, nor when the pods are there', () => {
    expect(found(workload('StatefulSet'), [], [refused('2026-01-01T00:00:04Z')])).toEqual(['endless - NotReady: 0 of 1 replicas are available']);
    expect(found(workload('StatefulSet', { status: { replicas: 1 } }), [], [refused('2026-01-01T00:00:06Z')])).toEqual(['endless - NotReady: 0 of 1 replicas are available']);
  });

  const pending = { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } } }] };

  test.each([
    ['FailedMount', 'MountVolume.SetUp failed for volume "v" : configmap "nothing" not found', 'passing'],
    ['FailedMount', 'references non-existent secret key: a', 'passing'],
    ['FailedAttachVolume', 'the volume is attached elsewhere', 'endless'],
    ['FailedCreatePodSandBox', 'no network', 'endless'],
  ])('a pod whose containers cannot be created: %s: %s', (reason, message, patience) => {
    expect(found(workload('Job'), [pod({ status: pending })], [warning('uid-web-1', reason, message)])).toEqual([`${patience} web-1 ${reason}: ${message}`]);
  });

  test('a probe that fails names its container', () => {
    const containerStatuses = [{ name: 'proxy', ready: true, state: { running: {} } }, { name: 'app', ready: false, state: { running: {} } }];
    const its = pod({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], containerStatuses } });
    const [finding] = workloadFindings(workload('Job'), new NamespaceSnapshot([its], [warning('uid-web-1', 'Unhealthy', 'Readiness probe failed: ')]), 3);
    expect(finding).toEqual({ patience: 'endless', trouble: { workload: 'Job web', pod: 'web-1', container: 'app', reason: 'Unhealthy', message: 'Readiness probe failed' } });
  });
});

test.each([
  ['Unschedulable', 'unschedulable'],
  ['SchedulingGated', 'endless'],
])('a pod that no node takes: %s', (reason, patience) => {
  const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message: '0/1 nodes are available' }] };
  expect(found(workload('Job'), [pod({ status })])).toEqual([`${patience} web-1 ${reason}: 0/1 nodes are available`]);
});

test('a pod that its node refused', () => {
  expect(found(workload('Job'), [pod({ status: { phase: 'Failed', reason: 'OutOfcpu', message: 'Node didn\'t have enough' } })])).toEqual(['endless web-1 OutOfcpu: Node didn\'t have enough']);
});

test.each(['Failed', 'FailureTarget'])('a Job that has failed, by its condition %s', (type) => {
  const failed = workload('Job', { status: { conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' }] } });
  const ended = pod({ status: { phase: 'Failed', containerStatuses: [{ name: 'app', state: { terminated: { exitCode: 2, reason: 'Error' } } }] } });
  expect(found(failed)).toEqual(['verdict - BackoffLimitExceeded: too often']);
  expect(found(failed, [ended])).toEqual(['none web-1 Error: exit code 2 (BackoffLimitExceeded: too often)']);
});
