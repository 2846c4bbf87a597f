import type { JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { kindName } from '../../../kubernetes/kinds';
import { conditionOf, fieldAt, isTrue, numberAt, textAt } from '../objects/fields';

/**
 * How far an object is.
 */
export interface Readiness {
  readonly ready: boolean;
  /** `1 of 2 updated replicas are available`: the first thing that is missing, or what there is. */
  readonly words: string;
}

/**
 * Whether an object of the cluster is as its manifest wants it to be, by its status.
 *
 * Workloads are judged as `kubectl rollout status` does, with what kstatus adds: replicas count as 1 when they are left out.
 * Where the two give up, it is said here: what is paused or suspended is ready, as for Helm, since nothing will ever happen to it;
 * with the strategy OnDelete, pods of the old revision count, since only someone who deletes them makes new ones.
 * Anything else is ready when its condition `Ready` is True, or `Available` if there is no other, and none says that work goes on.
 * An object without conditions is ready.
 *
 * @see https://github.com/kubernetes/kubectl/blob/master/pkg/polymorphichelpers/rollout_status.go
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export function readinessOf(object: JsonObject): Readiness {
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '') return waiting('it is being deleted');
  const rule = RULES.get(kindName(textAt(object, 'apiVersion'), textAt(object, 'kind')));
  return (rule ?? custom)(object);
}

/**
 * Whether the status is about the object as it is now.
 */
export function isObserved(object: JsonObject): boolean {
  const generation = numberAt(object, 'metadata', 'generation');
  return generation === undefined || (numberAt(object, 'status', 'observedGeneration') ?? 0) >= generation;
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
  if (all > updated) return waiting(`${counted(all - updated, 'old replica')} still to end`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return ready(`${counted(available, 'replica')} available`);
}

function statefulSet(object: JsonObject): Readiness {
  if (!isObserved(object)) return NOT_OBSERVED;
  const wanted = replicasOf(object);
  // The API server counts those that are available since 1.25; before, and without minReadySeconds, they are those that are ready.
  const available = numberAt(object, 'status', 'availableReplicas') ?? status(object, 'readyReplicas');
  if (available < wanted) return waiting(`${available} of ${wanted} replicas are available`);
  const surplus = status(object, 'replicas') - wanted;
  if (surplus > 0) return waiting(`${counted(surplus, 'replica')} still to end`);
  if (isOnDelete(object)) return ready(`${counted(available, 'replica')} available; updated as they are deleted (OnDelete)`);
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
  return ready(`${counted(available, 'pod')} available${isOnDelete(object) ? '; updated as they are deleted (OnDelete)' : ''}`);
}

function job(object: JsonObject): Readiness {
  if (isTrue(object, 'Complete')) return ready('complete');
  if (isTrue(object, 'Failed')) return waiting('failed');
  if (fieldAt(object, 'spec', 'suspend') === true) return ready('it is suspended (spec.suspend): nothing runs');
  const wanted = numberAt(object, 'spec', 'completions');
  const succeeded = status(object, 'succeeded');
  return waiting(wanted === undefined ? `${counted(status(object, 'active'), 'pod')} active` : `${succeeded} of ${wanted} completions`);
}

function custom(object: JsonObject): Readiness {
  // Whoever does not say what was observed is believed, as kstatus does.
  if (numberAt(object, 'status', 'observedGeneration') !== undefined && !isObserved(object)) return NOT_OBSERVED;
  const working = ['Stalled', 'Reconciling'].find((type) => isTrue(object, type));
  if (working) return waiting(saidBy(object, working));
  const type = ['Ready', 'Available'].find((its) => conditionOf(object, its));
  if (type === undefined) return ready('it has no condition Ready');
  const observed = numberAt(conditionOf(object, type), 'observedGeneration');
  if (observed !== undefined && observed < (numberAt(object, 'metadata', 'generation') ?? 0)) return NOT_OBSERVED;
  return isTrue(object, type) ? ready(type) : waiting(saidBy(object, type));
}

const NOT_OBSERVED = waiting('its controller has not seen it yet');

function saidBy(object: JsonObject, type: string): string {
  const condition = conditionOf(object, type);
  const [value, reason, message] = [textAt(condition, 'status'), textAt(condition, 'reason'), textAt(condition, 'message')];
  return printableText(`${type} is ${value}${reason && ` (${reason})`}${message && `: ${message}`}`);
}

function waiting(words: string): Readiness {
  return { ready: false, words };
}

function ready(words: string): Readiness {
  return { ready: true, words };
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
