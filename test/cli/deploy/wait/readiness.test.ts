import { JsonObject } from '../../../../src/base/json';
import { readinessOf } from '../../../../src/cli/deploy/wait/readiness';

type Row = [string, object, object, boolean, string];

function readiness(kind: string, spec: object, status: object, apiVersion = 'apps/v1') {
  return readinessOf({ apiVersion, kind, metadata: { name: 'web', generation: 2 }, spec, status: { observedGeneration: 2, ...status } } as unknown as JsonObject);
}

test.each<Row>([
  ['it has no status', {}, { observedGeneration: undefined }, false, 'its controller has not observed the latest change yet'],
  ['its status is of the previous generation', {}, { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, false, 'its controller has not observed the latest change yet'],
  ['its status is of a later generation', {}, { observedGeneration: 3, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, true, '1 replica available'],
  ['no pod is updated', { replicas: 3 }, { replicas: 3, availableReplicas: 3 }, false, '0 of 3 replicas are updated'],
  ['it has no field replicas, which means one', {}, {}, false, '0 of 1 replicas are updated'],
  ['some pods are updated', { replicas: 3 }, { replicas: 4, updatedReplicas: 2, availableReplicas: 3 }, false, '2 of 3 replicas are updated'],
  ['one old pod still exists', { replicas: 3 }, { replicas: 4, updatedReplicas: 3, availableReplicas: 4 }, false, '1 old replica pending termination'],
  ['two old pods still exist', { replicas: 3 }, { replicas: 5, updatedReplicas: 3, availableReplicas: 4 }, false, '2 old replicas pending termination'],
  ['an updated pod is not available', { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 2 }, false, '2 of 3 updated replicas are available'],
  ['all pods are updated and available', { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }, true, '3 replicas available'],
  ['it has 0 replicas', { replicas: 0 }, {}, true, '0 replicas available'],
  ['it has 0 replicas and an old pod still exists', { replicas: 0 }, { replicas: 1 }, false, '1 old replica pending termination'],
  ['it is paused', { paused: true, replicas: 3 }, {}, true, 'it is paused (spec.paused): nothing is rolled out'],
])('the readiness of a Deployment follows its status when %s', (_, spec, status, ready, message) => {
  expect(readiness('Deployment', spec, status)).toEqual({ ready, message });
});

test.each<Row>([
  ['its status is of the previous generation', {}, { observedGeneration: 1, replicas: 1, availableReplicas: 1 }, false, 'its controller has not observed the latest change yet'],
  ['a pod is missing', { replicas: 2 }, { replicas: 1, readyReplicas: 1, availableReplicas: 1 }, false, '1 of 2 replicas are available'],
  ['the server does not count available replicas', { replicas: 2 }, { replicas: 2, readyReplicas: 2, updatedReplicas: 2 }, true, '2 replicas available'],
  ['a pod has been ready for less than minReadySeconds', { replicas: 1, minReadySeconds: 5 }, { replicas: 1, readyReplicas: 1, availableReplicas: 0, updatedReplicas: 1 }, false, '0 of 1 replicas are available'],
  ['there is one pod too many', { replicas: 1 }, { replicas: 2, availableReplicas: 2, updatedReplicas: 2 }, false, '1 replica pending termination'],
  ['a pod is not updated', { replicas: 2 }, { replicas: 2, availableReplicas: 2, updatedReplicas: 1 }, false, '1 of 2 replicas are updated'],
  ['all pods are updated and available', { replicas: 2 }, { replicas: 2, availableReplicas: 2, updatedReplicas: 2 }, true, '2 replicas available'],
  ['a partition keeps two pods of the old revision', { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, { replicas: 3, availableReplicas: 3, updatedReplicas: 1 }, true, '3 replicas available, 1 updated (partition 2)'],
  ['a pod above the partition is not updated', { replicas: 3, updateStrategy: { rollingUpdate: { partition: 1 } } }, { replicas: 3, availableReplicas: 3, updatedReplicas: 1 }, false, '1 of 2 replicas are updated'],
  ['a partition keeps all pods of the old revision', { replicas: 3, updateStrategy: { rollingUpdate: { partition: 5 } } }, { replicas: 3, availableReplicas: 3 }, true, '3 replicas available, 0 updated (partition 5)'],
  ['its strategy is OnDelete and its pods are of the old revision', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, { replicas: 2, availableReplicas: 2 }, true, '2 replicas available; updated when they are deleted (OnDelete)'],
  ['its strategy is OnDelete and a pod is not ready', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, { replicas: 2, availableReplicas: 1 }, false, '1 of 2 replicas are available'],
  ['it has 0 replicas', { replicas: 0 }, { replicas: 0, availableReplicas: 0 }, true, '0 replicas available'],
])('the readiness of a StatefulSet follows its status when %s', (_, spec, status, ready, message) => {
  expect(readiness('StatefulSet', spec, status)).toEqual({ ready, message });
});

test.each<Row>([
  ['it has no status', {}, { observedGeneration: undefined }, false, 'its controller has not observed the latest change yet'],
  ['a pod is not updated', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3 }, false, '2 of 3 pods are updated'],
  ['a pod is not available', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 }, false, '2 of 3 pods are available'],
  ['all pods are updated and available', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 }, true, '3 pods available'],
  ['no node matches', {}, { desiredNumberScheduled: 0 }, true, '0 pods available'],
  ['its strategy is OnDelete and its pods are of the old revision', { updateStrategy: { type: 'OnDelete' } }, { desiredNumberScheduled: 1, numberAvailable: 1 }, true, '1 pod available; updated when they are deleted (OnDelete)'],
])('the readiness of a DaemonSet follows its status when %s', (_, spec, status, ready, message) => {
  expect(readiness('DaemonSet', spec, status)).toEqual({ ready, message });
});

test.each<Row>([
  ['it has not started', {}, {}, false, '0 pods active'],
  ['it runs', { completions: 3 }, { active: 1, succeeded: 1 }, false, '1 of 3 completions'],
  ['it is complete', { completions: 1 }, { succeeded: 1, conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }, { type: 'Complete', status: 'True' }] }, true, 'complete'],
  ['it has succeeded and its pods have not ended', { completions: 1 }, { succeeded: 1, conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }] }, false, '1 of 1 completions'],
  ['it has failed', { completions: 1 }, { conditions: [{ type: 'Failed', status: 'True' }] }, false, 'failed'],
  ['it is suspended', { suspend: true }, { conditions: [{ type: 'Suspended', status: 'True' }] }, true, 'it is suspended (spec.suspend): nothing runs'],
])('the readiness of a Job follows its status when %s', (_, spec, status, ready, message) => {
  expect(readiness('Job', spec, status, 'batch/v1')).toEqual({ ready, message });
});

test.each<[string, object, boolean, string]>([
  ['it has no condition', { observedGeneration: 2 }, true, 'its controller has observed the latest change'],
  ['it has only other conditions', { observedGeneration: 2, conditions: [{ type: 'BackedUp', status: 'False' }] }, true, 'its controller has observed the latest change'],
  ['Ready is True', { conditions: [{ type: 'Ready', status: 'True' }] }, true, 'Ready'],
  ['Ready is False', { conditions: [{ type: 'Ready', status: 'False', reason: 'Pending', message: 'not yet' }] }, false, 'Ready is False (Pending): not yet'],
  ['Ready is Unknown', { conditions: [{ type: 'Ready', status: 'Unknown' }] }, false, 'Ready is Unknown'],
  ['Available is True', { conditions: [{ type: 'Available', status: 'True' }] }, true, 'Available'],
  ['Available is True and Ready is False', { conditions: [{ type: 'Available', status: 'True' }, { type: 'Ready', status: 'False' }] }, false, 'Ready is False'],
  ['Ready and Reconciling are True', { conditions: [{ type: 'Ready', status: 'True' }, { type: 'Reconciling', status: 'True', message: 'rolling' }] }, false, 'Reconciling is True: rolling'],
  ['Stalled is True', { conditions: [{ type: 'Stalled', status: 'True', reason: 'Broken' }] }, false, 'Stalled is True (Broken)'],
  ['Ready is True in a status of the previous generation', { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] }, false, 'its controller has not observed the latest change yet'],
  ['Ready is True and its condition is of the previous generation', { conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] }, false, 'its controller has not observed the latest change yet'],
  ['its message has control characters, which are escaped', { conditions: [{ type: 'Ready', status: 'False', message: '\u001b[2Jgone\n' }] }, false, 'Ready is False: \\u001b[2Jgone\\u000a'],
])('the readiness of a custom resource follows its status when %s', (_, status, ready, message) => {
  const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one', generation: 2 }, status };
  expect(readinessOf(shop as unknown as JsonObject)).toMatchObject({ ready, message });
});

test('an object that is being deleted is not ready', () => {
  const deleted = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one', deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(readinessOf(deleted)).toEqual({ ready: false, message: 'it is being deleted' });
});
