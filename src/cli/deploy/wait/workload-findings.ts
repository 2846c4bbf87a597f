import { Finding, graceFor, mainFinding, RolloutProblem } from './diagnosis';
import { eventTime, NamespaceSnapshot } from './namespace-snapshot';
import { podFindings } from './pod-findings';
import { isBeingDeleted, isObserved, readinessOf } from './readiness';
import type { Readiness } from './rollout';
import type { JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { conditionOf, isTrue, listAt, numberAt, textAt } from '../objects/fields';

/**
 * Finds the problems that keep a workload from becoming ready: those of its current pods, and those of its own status.
 *
 * @param restarts The number of restarts after which a container counts as crashing.
 * @param readiness Of the object, where it was already computed.
 */
export function workloadFindings(object: JsonObject, snapshot: NamespaceSnapshot, restarts: number, readiness = readinessOf(object)): Finding[] {
  if (readiness.ready) return [];
  const kind = kindName(textAt(object, 'apiVersion'), textAt(object, 'kind'));
  const workload = `${textAt(object, 'kind')} ${textAt(object, 'metadata', 'name')}`;
  const problem = (reason: string, message: string) => ({ workload, reason, message });
  const ofPods = snapshot.currentPods(object).flatMap((pod) => (
    podFindings({ workload, pod, events: snapshot.eventsOf(pod), restarts: kind === 'Job.batch' ? undefined : restarts })
  ));
  const ofWorkload = RULES.get(kind)?.(object, snapshot, problem) ?? customResource(readiness, problem);
  const found = [...ofPods, ...ofWorkload];
  return found.length > 0 ? explained(found, snapshot) : [{ problem: problem('NotReady', readiness.message), grace: 'timeout' }];
}

/** Makes a problem of the workload itself. */
type NewProblem = (reason: string, message: string) => RolloutProblem;

const RULES = new Map<string, (object: JsonObject, snapshot: NamespaceSnapshot, problem: NewProblem) => Finding[]>([
  ['Deployment.apps', deployment],
  ['StatefulSet.apps', statefulSet],
  ['DaemonSet.apps', daemonSet],
  ['Job.batch', job],
]);

function deployment(object: JsonObject, snapshot: NamespaceSnapshot, problem: NewProblem): Finding[] {
  const failure = conditionOf(snapshot.currentReplicaSet(object) ?? {}, 'ReplicaFailure');
  const progressing = conditionOf(object, 'Progressing');
  return [
    ...textAt(failure, 'status') === 'True' ? [createFinding(textAt(failure, 'message'), textAt(failure, 'reason'), problem)] : [],
    ...isObserved(object) && textAt(progressing, 'reason') === 'ProgressDeadlineExceeded'
      ? [{ problem: problem('ProgressDeadlineExceeded', textAt(progressing, 'message')), grace: 'diagnosing' as const }] : [],
  ];
}

function statefulSet(object: JsonObject, snapshot: NamespaceSnapshot, problem: NewProblem): Finding[] {
  const replicas = numberAt(object, 'spec', 'replicas') ?? 1;
  return [...failedCreate(object, replicas, numberAt(object, 'status', 'replicas'), snapshot, problem), ...blockingPods(object, snapshot, problem)];
}

function daemonSet(object: JsonObject, snapshot: NamespaceSnapshot, problem: NewProblem): Finding[] {
  const desired = numberAt(object, 'status', 'desiredNumberScheduled') ?? 1;
  return failedCreate(object, desired, numberAt(object, 'status', 'currentNumberScheduled'), snapshot, problem);
}

function job(object: JsonObject, snapshot: NamespaceSnapshot, problem: NewProblem): Finding[] {
  // The condition FailureTarget comes first. Failed follows when the last pods have ended.
  const type = ['Failed', 'FailureTarget'].find((its) => isTrue(object, its));
  const failed = type && conditionOf(object, type);
  if (failed) return [{ problem: problem(textAt(failed, 'reason'), textAt(failed, 'message')), grace: 'diagnosing' }];
  return failedCreate(object, 1, numberAt(object, 'status', 'active'), snapshot, problem);
}

function customResource({ failure }: Readiness, problem: NewProblem): Finding[] {
  return failure ? [{ problem: problem(failure.reason, failure.message), grace: failure.grace }] : [];
}

/**
 * Problems of pods of the previous revision. Without podManagementPolicy Parallel, the controller waits until such a pod is ready.
 * If the pod never becomes ready, somebody must delete it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
function blockingPods(object: JsonObject, snapshot: NamespaceSnapshot, problem: NewProblem): Finding[] {
  if (!isObserved(object) || textAt(object, 'spec', 'podManagementPolicy') === 'Parallel') return [];
  const current = snapshot.currentPods(object);
  const previous = snapshot.controlledBy(object, 'Pod').filter((pod) => !current.includes(pod) && !isBeingDeleted(pod));
  const { workload } = problem('', '');
  const found = previous.flatMap((pod) => podFindings({ workload, pod, events: snapshot.eventsOf(pod), restarts: 1 }));
  return found.map((one) => ({ grace: one.grace, problem: { ...one.problem, message: `${one.problem.message}; ${PREVIOUS_REVISION}` } }));
}

const PREVIOUS_REVISION = 'this pod has the previous revision, and the StatefulSet continues only when the pod is ready or deleted';

/**
 * Pods that the controller cannot create. StatefulSet, DaemonSet and Job controllers report this in events only.
 * Events stay for an hour, so those from before the last change of the object do not count.
 */
function failedCreate(object: JsonObject, wanted: number, existing = 0, snapshot: NamespaceSnapshot, problem: NewProblem): Finding[] {
  if (existing >= wanted) return [];
  const since = appliedAt(object).slice(0, SECONDS);
  const failed = snapshot.eventsOf(object).filter((event) => textAt(event, 'reason') === 'FailedCreate' && eventTime(event).slice(0, SECONDS) >= since);
  const event = failed[failed.length - 1];
  return event ? [createFinding(textAt(event, 'message'), 'FailedCreate', problem)] : [];
}

/** The length of an RFC 3339 time up to the seconds, `2026-01-31T12:34:56`. Some times have fractions. */
const SECONDS = 19;

function createFinding(message: string, reason: string, problem: NewProblem): Finding {
  if (/ because it is being terminated/.test(message)) return { problem: problem('NamespaceTerminating', message), grace: 'none' };
  return { problem: problem(reason, message), grace: graceFor(message) };
}

/** The time of the last write that was not to the status. */
function appliedAt(object: JsonObject): string {
  const times = listAt(object, 'metadata', 'managedFields').filter((entry) => textAt(entry, 'subresource') === '').map((entry) => textAt(entry, 'time'));
  return times.sort()[times.length - 1] ?? '';
}

/** When a controller gives up, the cause is the problem of a pod. It counts once all events are known. */
function explained(found: readonly Finding[], { isComplete }: NamespaceSnapshot): Finding[] {
  const gaveUp = found.find(({ grace }) => grace === 'diagnosing');
  const ofPod = mainFinding(found.filter(({ problem: { pod } }) => pod !== undefined));
  if (!gaveUp || !ofPod) return [...found];
  const { reason, message } = gaveUp.problem;
  return [{ problem: { ...ofPod.problem, message: `${ofPod.problem.message} (${reason}: ${message})` }, grace: isComplete ? 'none' : 'diagnosing' }];
}
