import type { Trouble } from './cause';
import { Finding, mostTelling, patienceFor } from './diagnosis';
import { isDeleted, newPods, newReplicaSet } from './generation';
import { NamespaceSnapshot, timeOf } from './namespace-snapshot';
import { podFindings } from './pod-findings';
import { isObserved, readinessOf } from './readiness';
import type { JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { conditionOf, isTrue, listAt, numberAt, textAt } from '../objects/fields';

/**
 * What keeps a workload from becoming ready, in its own status and in those of the pods it has now.
 *
 * @param restarts How many restarts of a container count as crashing.
 */
export function workloadFindings(object: JsonObject, seen: NamespaceSnapshot, restarts: number): Finding[] {
  const readiness = readinessOf(object);
  if (readiness.ready) return [];
  const kind = kindName(textAt(object, 'apiVersion'), textAt(object, 'kind'));
  const workload = `${textAt(object, 'kind')} ${textAt(object, 'metadata', 'name')}`;
  const say = (reason: string, message: string) => ({ workload, reason, message });
  const pods = newPods(object, seen);
  const found = [
    ...pods.flatMap((pod) => podFindings({ workload, pod, events: seen.eventsOf(pod), restarts: kind === 'Job.batch' ? undefined : restarts })),
    ...OWN.get(kind)?.(object, seen, say) ?? stalled(object, say),
  ];
  return found.length > 0 ? concluded(found, seen) : [{ trouble: say('NotReady', readiness.words), patience: 'endless' }];
}

type Say = (reason: string, message: string) => Trouble;

const OWN = new Map<string, (object: JsonObject, seen: NamespaceSnapshot, say: Say) => Finding[]>([
  ['Deployment.apps', deployment],
  ['StatefulSet.apps', (object, seen, say) => [
    ...uncreated(object, numberAt(object, 'spec', 'replicas') ?? 1, numberAt(object, 'status', 'replicas'), seen, say), ...blocked(object, seen, say),
  ]],
  ['DaemonSet.apps', (object, seen, say) =>
    uncreated(object, numberAt(object, 'status', 'desiredNumberScheduled') ?? 1, numberAt(object, 'status', 'currentNumberScheduled'), seen, say)],
  ['Job.batch', job],
]);

function deployment(object: JsonObject, seen: NamespaceSnapshot, say: Say): Finding[] {
  const failure = conditionOf(newReplicaSet(object, seen) ?? {}, 'ReplicaFailure');
  const progressing = conditionOf(object, 'Progressing');
  return [
    ...textAt(failure, 'status') === 'True' ? [refusal(textAt(failure, 'message'), textAt(failure, 'reason'), say)] : [],
    ...isObserved(object) && textAt(progressing, 'reason') === 'ProgressDeadlineExceeded'
      ? [{ trouble: say('ProgressDeadlineExceeded', textAt(progressing, 'message')), patience: 'verdict' as const }] : [],
  ];
}

function job(object: JsonObject, seen: NamespaceSnapshot, say: Say): Finding[] {
  // FailureTarget says what is going to be said by Failed, when the last pods have ended.
  const type = ['Failed', 'FailureTarget'].find((its) => isTrue(object, its));
  const failed = type && conditionOf(object, type);
  if (failed) return [{ trouble: say(textAt(failed, 'reason'), textAt(failed, 'message')), patience: 'verdict' }];
  return uncreated(object, 1, numberAt(object, 'status', 'active'), seen, say);
}

/**
 * Without podManagementPolicy Parallel, the controller does not replace a pod that never becomes ready: somebody has to delete it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
function blocked(object: JsonObject, seen: NamespaceSnapshot, say: Say): Finding[] {
  if (!isObserved(object) || textAt(object, 'spec', 'podManagementPolicy') === 'Parallel') return [];
  const current = newPods(object, seen);
  const before = seen.ownedBy(object, 'Pod').filter((pod) => !current.includes(pod) && !isDeleted(pod));
  const found = before.flatMap((pod) => podFindings({ workload: say('', '').workload, pod, events: seen.eventsOf(pod), restarts: 1 }));
  return found.map(({ trouble, patience }) => ({ patience, trouble: { ...trouble, message: `${trouble.message}; ${OUTDATED}` } }));
}

const OUTDATED = 'this pod is of the revision before, and the StatefulSet only goes on when it is ready or deleted';

function stalled(object: JsonObject, say: Say): Finding[] {
  const condition = conditionOf(object, 'Stalled');
  if (textAt(condition, 'status') !== 'True') return [];
  return [{ trouble: say(textAt(condition, 'reason') || 'Stalled', textAt(condition, 'message')), patience: 'lasting' }];
}

/** These controllers tell of pods that they cannot create in events only, which stay for an hour: older ones than the manifest do not count. */
function uncreated(object: JsonObject, wanted: number, there = 0, seen: NamespaceSnapshot, say: Say): Finding[] {
  if (there >= wanted) return [];
  const said = seen.eventsOf(object).filter((event) => textAt(event, 'reason') === 'FailedCreate' && timeOf(event).slice(0, SECONDS) >= appliedAt(object).slice(0, SECONDS));
  const event = said[said.length - 1];
  return event ? [refusal(textAt(event, 'message'), 'FailedCreate', say)] : [];
}

/** Of RFC 3339, `2026-01-31T12:34:56`: some times have fractions. */
const SECONDS = 19;

function refusal(message: string, reason: string, say: Say): Finding {
  if (/ because it is being terminated/.test(message)) return { trouble: say('NamespaceTerminating', message), patience: 'none' };
  return { trouble: say(reason, message), patience: patienceFor(message) };
}

/** When somebody last wrote anything but the status. */
function appliedAt(object: JsonObject): string {
  const times = listAt(object, 'metadata', 'managedFields').filter((entry) => textAt(entry, 'subresource') === '').map((entry) => textAt(entry, 'time'));
  return times.sort()[times.length - 1] ?? '';
}

/** That a controller has given up is no reason by itself: what is known of a pod is, once its events are known, too. */
function concluded(found: readonly Finding[], { isComplete }: NamespaceSnapshot): Finding[] {
  const verdict = found.find(({ patience }) => patience === 'verdict');
  const inPod = mostTelling(found.filter(({ trouble: { pod } }) => pod !== undefined));
  if (!verdict || !inPod) return [...found];
  const { reason, message } = verdict.trouble;
  return [{ trouble: { ...inPod.trouble, message: `${inPod.trouble.message} (${reason}: ${message})` }, patience: isComplete ? 'none' : 'verdict' }];
}
