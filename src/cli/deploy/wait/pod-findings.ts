import { containerFindings, PodContext } from './container-findings';
import type { Finding } from './diagnosis';
import type { JsonObject } from '../../../base/json';
import { conditionOf, fieldAt, isTrue, listAt, textAt } from '../objects/fields';

/**
 * What keeps a pod from becoming ready, the most telling first.
 */
export function podFindings(context: PodContext): Finding[] {
  const found = [...containerFindings(context), ...unschedulable(context), ...refused(context)];
  return found.length > 0 ? found : [...unmounted(context), ...unready(context)].slice(0, 1);
}

function unschedulable({ workload, pod }: PodContext): Finding[] {
  const condition = conditionOf(pod, 'PodScheduled');
  if (textAt(condition, 'status') !== 'False') return [];
  const reason = textAt(condition, 'reason');
  const trouble = { workload, pod: nameOf(pod), reason, message: textAt(condition, 'message') };
  return [{ trouble, patience: reason === 'Unschedulable' ? 'unschedulable' : 'endless' }];
}

/** By the kubelet, after it was scheduled (`OutOfcpu`, `UnexpectedAdmissionError`), or evicted: another pod is made in its place. */
function refused({ workload, pod }: PodContext): Finding[] {
  const reason = textAt(pod, 'status', 'reason');
  if (textAt(pod, 'status', 'phase') !== 'Failed' || reason === '') return [];
  return [{ trouble: { workload, pod: nameOf(pod), reason, message: textAt(pod, 'status', 'message') }, patience: 'endless' }];
}

/** While its containers cannot be created, only events say why. */
function unmounted({ workload, pod, events }: PodContext): Finding[] {
  if (textAt(pod, 'status', 'phase') !== 'Pending') return [];
  const event = latest(events, ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox']);
  if (!event) return [];
  const [reason, message] = [textAt(event, 'reason'), textAt(event, 'message')];
  return [{ trouble: { workload, pod: nameOf(pod), reason, message }, patience: / not found|non-existent/.test(message) ? 'passing' : 'endless' }];
}

/** Every pod is unready for a while: it is only said when the time is up. */
function unready({ workload, pod, events }: PodContext): Finding[] {
  if (textAt(pod, 'status', 'phase') !== 'Running' || isTrue(pod, 'Ready')) return [];
  const event = latest(events, ['Unhealthy']);
  const container = textAt(unreadyContainer(pod, event), 'name');
  const place = { workload, pod: nameOf(pod), ...container !== '' && { container } };
  if (event) return [{ trouble: { ...place, reason: 'Unhealthy', message: textAt(event, 'message').replace(/:\s*$/, '') }, patience: 'endless' }];
  return [{ trouble: { ...place, reason: 'NotReady', message: textAt(conditionOf(pod, 'Ready'), 'message') }, patience: 'endless' }];
}

/** The event's path names it, as in `spec.containers{app}`. */
function unreadyContainer(pod: JsonObject, event: JsonObject | undefined): JsonObject | undefined {
  const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  const [, named] = /\{(.+)\}$/.exec(textAt(event, 'involvedObject', 'fieldPath')) ?? [];
  return statuses.find(({ name }) => name === named) ?? statuses.find((status) => fieldAt(status, 'ready') === false);
}

function latest(events: readonly JsonObject[], reasons: readonly string[]): JsonObject | undefined {
  const said = events.filter((event) => reasons.includes(textAt(event, 'reason')));
  return said[said.length - 1];
}

function nameOf(pod: JsonObject): string {
  return textAt(pod, 'metadata', 'name');
}
