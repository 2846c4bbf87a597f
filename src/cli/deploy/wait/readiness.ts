import { customReadiness, generationAt, NOT_OBSERVED as NOT_OBSERVED_TEXT } from './custom-readiness';
import type { Readiness } from './rollout';
import type { JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { fieldAt, isTrue, numberAt, textAt } from '../objects/fields';

/**
 * Reads from the status of an object whether it is ready. Custom resources have rules of their own: see `customReadiness`.
 *
 * Workloads follow the rules of `kubectl rollout status` and of kstatus: `replicas` defaults to 1.
 * Two rules differ from them:
 *
 * - A paused Deployment and a suspended Job are ready, as for Helm, because nothing will happen to them.
 * - With the strategy OnDelete, pods of the old revision count, because the controller replaces them only after a user has deleted them.
 *
 * @see https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export function readinessOf(object: JsonObject): Readiness {
  if (isBeingDeleted(object)) return waiting('it is being deleted');
  const rule = RULES.get(kindName(textAt(object, 'apiVersion'), textAt(object, 'kind')));
  return (rule ?? customReadiness)(object);
}

/**
 * Whether somebody has deleted the object, and finalizers or a grace period still keep it.
 */
export function isBeingDeleted(object: JsonObject): boolean {
  return textAt(object, 'metadata', 'deletionTimestamp') !== '';
}

/**
 * Whether the controller has observed the latest generation, so that the status describes the current spec.
 */
export function isObserved(object: JsonObject): boolean {
  const generation = numberAt(object, 'metadata', 'generation');
  return generation === undefined || (generationAt(fieldAt(object, 'status', 'observedGeneration')) ?? 0) >= generation;
}

const RULES = new Map([
  ['Deployment.apps', deployment],
  ['StatefulSet.apps', statefulSet],
  ['DaemonSet.apps', daemonSet],
  ['Job.batch', job],
]);

function deployment(object: JsonObject): Readiness {
  if (fieldAt(object, 'spec', 'paused') === true) return ready('it is paused (spec.paused): nothing is rolled out');
  if (!isObserved(object)) return NOT_OBSERVED;
  const [wanted, all, updated, available] = [replicasOf(object), status(object, 'replicas'), status(object, 'updatedReplicas'), status(object, 'availableReplicas')];
  if (updated < wanted) return waiting(`${updated} of ${wanted} replicas are updated`);
  if (all > updated) return waiting(`${counted(all - updated, 'old replica')} pending termination`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return ready(`${counted(available, 'replica')} available`);
}

function statefulSet(object: JsonObject): Readiness {
  if (!isObserved(object)) return NOT_OBSERVED;
  const wanted = replicasOf(object);
  // Kubernetes has counted available replicas since 1.25. Before, and without minReadySeconds, every ready replica is available.
  const available = numberAt(object, 'status', 'availableReplicas') ?? status(object, 'readyReplicas');
  if (available < wanted) return waiting(`${available} of ${wanted} replicas are available`);
  const surplus = status(object, 'replicas') - wanted;
  if (surplus > 0) return waiting(`${counted(surplus, 'replica')} pending termination`);
  if (isOnDelete(object)) return ready(`${counted(available, 'replica')} available; updated when they are deleted (OnDelete)`);
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const [updated, toUpdate] = [status(object, 'updatedReplicas'), Math.max(0, wanted - partition)];
  if (updated < toUpdate) return waiting(`${updated} of ${toUpdate} replicas are updated`);
  return ready(`${counted(available, 'replica')} available${partition > 0 ? `, ${updated} updated (partition ${partition})` : ''}`);
}

function daemonSet(object: JsonObject): Readiness {
  if (!isObserved(object) || numberAt(object, 'status', 'desiredNumberScheduled') === undefined) return NOT_OBSERVED;
  const [wanted, updated, available] = [
    status(object, 'desiredNumberScheduled'), status(object, 'updatedNumberScheduled'), status(object, 'numberAvailable'),
  ];
  if (!isOnDelete(object) && updated < wanted) return waiting(`${updated} of ${wanted} pods are updated`);
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  return ready(`${counted(available, 'pod')} available${isOnDelete(object) ? '; updated when they are deleted (OnDelete)' : ''}`);
}

function job(object: JsonObject): Readiness {
  if (isTrue(object, 'Complete')) return ready('complete');
  if (isTrue(object, 'Failed')) return waiting('failed');
  if (fieldAt(object, 'spec', 'suspend') === true) return ready('it is suspended (spec.suspend): nothing runs');
  const wanted = numberAt(object, 'spec', 'completions');
  const succeeded = status(object, 'succeeded');
  return waiting(wanted === undefined ? `${counted(status(object, 'active'), 'pod')} active` : `${succeeded} of ${wanted} completions`);
}

const NOT_OBSERVED = waiting(NOT_OBSERVED_TEXT);

function waiting(message: string): Readiness {
  return { ready: false, message };
}

function ready(message: string): Readiness {
  return { ready: true, message };
}

function isOnDelete(object: JsonObject): boolean {
  return textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
}

function replicasOf(object: JsonObject): number {
  return numberAt(object, 'spec', 'replicas') ?? 1;
}

function status(object: JsonObject, name: string): number {
  return numberAt(object, 'status', name) ?? 0;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
