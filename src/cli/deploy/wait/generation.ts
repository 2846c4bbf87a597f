import type { NamespaceSnapshot } from './namespace-snapshot';
import { isObserved } from './readiness';
import type { JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { textAt } from '../objects/fields';

/**
 * The ReplicaSet that a Deployment rolls out: the one with the Deployment's own revision. Nothing before the controller has seen the Deployment
 * as it is now: until then, that is the one before.
 */
export function newReplicaSet(deployment: JsonObject, seen: NamespaceSnapshot): JsonObject | undefined {
  if (!isObserved(deployment)) return undefined;
  const revision = textAt(deployment, 'metadata', 'annotations', REVISION);
  if (revision === '') return undefined;
  return seen.ownedBy(deployment, 'ReplicaSet').find((replicaSet) => textAt(replicaSet, 'metadata', 'annotations', REVISION) === revision);
}

const REVISION = 'deployment.kubernetes.io/revision';

/**
 * The pods that a workload made from its template as it is now, apart from those that are being deleted. Those of the template before say nothing
 * about this rollout.
 */
export function newPods(workload: JsonObject, seen: NamespaceSnapshot): readonly JsonObject[] {
  return podsOf(workload, seen).filter((pod) => !isDeleted(pod));
}

/**
 * Whether an object is on its way out.
 */
export function isDeleted(object: JsonObject): boolean {
  return textAt(object, 'metadata', 'deletionTimestamp') !== '';
}

function podsOf(workload: JsonObject, seen: NamespaceSnapshot): readonly JsonObject[] {
  const pods = seen.ownedBy(workload, 'Pod');
  switch (kindName(textAt(workload, 'apiVersion'), textAt(workload, 'kind'))) {
    case 'Deployment.apps': {
      const replicaSet = newReplicaSet(workload, seen);
      return replicaSet ? seen.ownedBy(replicaSet, 'Pod') : [];
    }
    case 'StatefulSet.apps':
      return labelled(pods, 'controller-revision-hash', isObserved(workload) ? textAt(workload, 'status', 'updateRevision') : '');
    case 'DaemonSet.apps':
      return labelled(pods, 'pod-template-generation', isObserved(workload) ? textAt(workload, 'metadata', 'annotations', TEMPLATE_GENERATION) : '');
    // Its template cannot change.
    case 'Job.batch': return pods;
    default: return [];
  }
}

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function labelled(pods: readonly JsonObject[], label: string, value: string): readonly JsonObject[] {
  return value === '' ? [] : pods.filter((pod) => textAt(pod, 'metadata', 'labels', label) === value);
}
