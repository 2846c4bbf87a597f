import type { JsonObject } from '../../src/base/json';
import { scaleTargetOf } from '../../src/kubernetes/autoscaling';

const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' };
const autoscaler = (apiVersion: string, kind: string, scaleTargetRef: JsonObject): JsonObject => ({ apiVersion, kind, metadata: { name: 'web' }, spec: { scaleTargetRef } });

test.each<[string, JsonObject, object | undefined]>([
  ['of a HorizontalPodAutoscaler is in its scaleTargetRef', autoscaler('autoscaling/v2', 'HorizontalPodAutoscaler', target), target],
  ['of an older version of it is the same', autoscaler('autoscaling/v1', 'HorizontalPodAutoscaler', target), target],
  ['of a ScaledObject may be given', autoscaler('keda.sh/v1alpha1', 'ScaledObject', target), target],
  ['of a ScaledObject is a Deployment by default', autoscaler('keda.sh/v1alpha1', 'ScaledObject', { name: 'web' }), { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }],
  ['of an autoscaler without a name is unknown', autoscaler('autoscaling/v2', 'HorizontalPodAutoscaler', { kind: 'Deployment' }), undefined],
  ['of an autoscaler without a spec is unknown', { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' }, undefined],
  ['of another kind is unknown, also when its field has the same name', autoscaler('example.com/v1', 'HorizontalPodAutoscaler', target), undefined],
])('the target %s', (_, object, expected) => {
  expect(scaleTargetOf(object)).toEqual(expected);
});
