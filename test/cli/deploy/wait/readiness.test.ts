import { JsonObject } from '../../../../src/base/json';
import { readinessOf } from '../../../../src/cli/deploy/wait/readiness';

type Row = [string, object, object, boolean, string];

function readiness(kind: string, spec: object, status: object, apiVersion = 'apps/v1') {
  return readinessOf({ apiVersion, kind, metadata: { name: 'web', generation: 2 }, spec, status: { observedGeneration: 2, ...status } } as unknown as JsonObject);
}

test.each<Row>([
  ['nothing is known', {}, { observedGeneration: undefined }, false, 'its controller has not seen it yet'],
  ['the status is of the generation before', {}, { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, false, 'its controller has not seen it yet'],
  ['its status is of a later generation', {}, { observedGeneration: 3, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }, true, '1 replica available'],
  ['no pod is new', { replicas: 3 }, { replicas: 3, availableReplicas: 3 }, false, '0 of 3 replicas are updated'],
  ['replicas are left out: one is wanted', {}, {}, false, '0 of 1 replicas are updated'],
  ['some pods are new', { replicas: 3 }, { replicas: 4, updatedReplicas: 2, availableReplicas: 3 }, false, '2 of 3 replicas are updated'],
  ['an old pod is still there', { replicas: 3 }, { replicas: 4, updatedReplicas: 3, availableReplicas: 4 }, false, '1 old replica still to end'],
  ['old pods are still there', { replicas: 3 }, { replicas: 5, updatedReplicas: 3, availableReplicas: 4 }, false, '2 old replicas still to end'],
  ['a new pod is not available', { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 2 }, false, '2 of 3 updated replicas are available'],
  ['all are', { replicas: 3 }, { replicas: 3, updatedReplicas: 3, availableReplicas: 3 }, true, '3 replicas available'],
  ['none is wanted', { replicas: 0 }, {}, true, '0 replicas available'],
  ['none is wanted, and one is still there', { replicas: 0 }, { replicas: 1 }, false, '1 old replica still to end'],
  ['it is paused', { paused: true, replicas: 3 }, {}, true, 'it is paused (spec.paused): nothing is rolled out'],
])('a Deployment: %s', (_, spec, status, ready, words) => {
  expect(readiness('Deployment', spec, status)).toEqual({ ready, words });
});

test.each<Row>([
  ['its status is of the generation before', {}, { observedGeneration: 1, replicas: 1, availableReplicas: 1 }, false, 'its controller has not seen it yet'],
  ['a pod is missing', { replicas: 2 }, { replicas: 1, readyReplicas: 1, availableReplicas: 1 }, false, '1 of 2 replicas are available'],
  ['the server does not count what is available', { replicas: 2 }, { replicas: 2, readyReplicas: 2, updatedReplicas: 2 }, true, '2 replicas available'],
  ['a pod is ready for less than minReadySeconds', { replicas: 1, minReadySeconds: 5 }, { replicas: 1, readyReplicas: 1, availableReplicas: 0, updatedReplicas: 1 }, false, '0 of 1 replicas are available'],
  ['a pod is too many', { replicas: 1 }, { replicas: 2, availableReplicas: 2, updatedReplicas: 2 }, false, '1 replica still to end'],
  ['a pod is old', { replicas: 2 }, { replicas: 2, availableReplicas: 2, updatedReplicas: 1 }, false, '1 of 2 replicas are updated'],
  ['all is new', { replicas: 2 }, { replicas: 2, availableReplicas: 2, updatedReplicas: 2 }, true, '2 replicas available'],
  ['a partition keeps pods old', { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, { replicas: 3, availableReplicas: 3, updatedReplicas: 1 }, true, '3 replicas available, 1 updated (partition 2)'],
  ['a partition is not reached', { replicas: 3, updateStrategy: { rollingUpdate: { partition: 1 } } }, { replicas: 3, availableReplicas: 3, updatedReplicas: 1 }, false, '1 of 2 replicas are updated'],
  ['a partition keeps all pods old', { replicas: 3, updateStrategy: { rollingUpdate: { partition: 5 } } }, { replicas: 3, availableReplicas: 3 }, true, '3 replicas available, 0 updated (partition 5)'],
  ['OnDelete: old pods count', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, { replicas: 2, availableReplicas: 2 }, true, '2 replicas available; updated as they are deleted (OnDelete)'],
  ['OnDelete: a pod is not ready', { replicas: 2, updateStrategy: { type: 'OnDelete' } }, { replicas: 2, availableReplicas: 1 }, false, '1 of 2 replicas are available'],
  ['none is wanted', { replicas: 0 }, { replicas: 0, availableReplicas: 0 }, true, '0 replicas available'],
])('a StatefulSet: %s', (_, spec, status, ready, words) => {
  expect(readiness('StatefulSet', spec, status)).toEqual({ ready, words });
});

test.each<Row>([
  ['nothing is known', {}, { observedGeneration: undefined }, false, 'its controller has not seen it yet'],
  ['a pod is old', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 2, numberAvailable: 3 }, false, '2 of 3 pods are updated'],
  ['a pod is not available', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 }, false, '2 of 3 pods are available'],
  ['all are', {}, { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 }, true, '3 pods available'],
  ['no node wants it', {}, { desiredNumberScheduled: 0 }, true, '0 pods available'],
  ['OnDelete: old pods count', { updateStrategy: { type: 'OnDelete' } }, { desiredNumberScheduled: 1, numberAvailable: 1 }, true, '1 pod available; updated as they are deleted (OnDelete)'],
])('a DaemonSet: %s', (_, spec, status, ready, words) => {
  expect(readiness('DaemonSet', spec, status)).toEqual({ ready, words });
});

test.each<Row>([
  ['it has not begun', {}, {}, false, '0 pods active'],
  ['it runs', { completions: 3 }, { active: 1, succeeded: 1 }, false, '1 of 3 completions'],
  ['it is complete', { completions: 1 }, { succeeded: 1, conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }, { type: 'Complete', status: 'True' }] }, true, 'complete'],
  ['it will be complete when its pods have ended', { completions: 1 }, { succeeded: 1, conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }] }, false, '1 of 1 completions'],
  ['it has failed', { completions: 1 }, { conditions: [{ type: 'Failed', status: 'True' }] }, false, 'failed'],
  ['it is suspended', { suspend: true }, { conditions: [{ type: 'Suspended', status: 'True' }] }, true, 'it is suspended (spec.suspend): nothing runs'],
])('a Job: %s', (_, spec, status, ready, words) => {
  expect(readiness('Job', spec, status, 'batch/v1')).toEqual({ ready, words });
});

test.each<[string, object, boolean, string]>([
  ['no condition', {}, true, 'it has no condition Ready'],
  ['conditions that say nothing of it', { conditions: [{ type: 'Accepted', status: 'False' }] }, true, 'it has no condition Ready'],
  ['Ready', { conditions: [{ type: 'Ready', status: 'True' }] }, true, 'Ready'],
  ['not Ready', { conditions: [{ type: 'Ready', status: 'False', reason: 'Pending', message: 'not yet' }] }, false, 'Ready is False (Pending): not yet'],
  ['Ready is not known', { conditions: [{ type: 'Ready', status: 'Unknown' }] }, false, 'Ready is Unknown'],
  ['Available', { conditions: [{ type: 'Available', status: 'True' }] }, true, 'Available'],
  ['Available, though not Ready', { conditions: [{ type: 'Available', status: 'True' }, { type: 'Ready', status: 'False' }] }, false, 'Ready is False'],
  ['Ready, and at work', { conditions: [{ type: 'Ready', status: 'True' }, { type: 'Reconciling', status: 'True', message: 'rolling' }] }, false, 'Reconciling is True: rolling'],
  ['stalled', { conditions: [{ type: 'Stalled', status: 'True', reason: 'Broken' }] }, false, 'Stalled is True (Broken)'],
  ['Ready, seen before the last change', { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] }, false, 'its controller has not seen it yet'],
  ['Ready, the condition from before the last change', { conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] }, false, 'its controller has not seen it yet'],
  ['what it says is escaped', { conditions: [{ type: 'Ready', status: 'False', message: '\u001b[2Jgone\n' }] }, false, 'Ready is False: \\u001b[2Jgone\\u000a'],
])('a custom resource: %s', (_, status, ready, words) => {
  const shop = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one', generation: 2 }, status };
  expect(readinessOf(shop as unknown as JsonObject)).toEqual({ ready, words });
});

test('what is being deleted is not ready', () => {
  const deleted = { apiVersion: 'example.com/v1', kind: 'Shop', metadata: { name: 'one', deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(readinessOf(deleted)).toEqual({ ready: false, words: 'it is being deleted' });
});
