import { Finding, graceFor, RolloutProblem } from './diagnosis';
import type { JsonObject } from '../../../base/json';
import { conditionOf, fieldAt, isTrue, listAt, numberAt, textAt } from '../objects/fields';

/**
 * A pod, and what its problems are found with.
 */
export interface PodContext {
  /** `Deployment web`. */
  readonly workload: string;
  readonly pod: JsonObject;
  /** The warnings about the pod, oldest first. */
  readonly events: readonly JsonObject[];
  /**
   * The number of restarts after which a container counts as crashing.
   *
   * @default - no limit, as for the pods of a Job: the Job has a backoff limit
   */
  readonly restarts?: number;
}

/**
 * Finds the problems that keep a pod from becoming ready, the most important first.
 */
export function podFindings(context: PodContext): Finding[] {
  const found = [...containerFindings(context), ...unschedulable(context), ...rejected(context)];
  return found.length > 0 ? found : [...startFailure(context), ...unready(context)].slice(0, 1);
}

/**
 * The problems of the containers, by the reasons that the kubelet gives.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/container/sync_result.go
 */
function containerFindings(context: PodContext): Finding[] {
  return containerStatuses(context.pod).flatMap((status) => containerFinding(status, context) ?? []);
}

function containerFinding(status: JsonObject, context: PodContext): Finding | undefined {
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const message = textAt(status, 'state', 'waiting', 'message');
  const problem = { ...placeOf(status, context), reason, message };
  if (PULL_REASONS.has(reason)) return pullFinding(problem, status, context);
  if (IMAGE_NAME_REASONS.has(reason)) return { problem: { ...problem, image: imageOf(status, context) }, grace: 'none' };
  if (START_REASONS.has(reason)) return { problem, grace: graceFor(message) };
  return crashFinding(status, context);
}

const PULL_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed']);
const IMAGE_NAME_REASONS = new Set(['InvalidImageName', 'ErrImageNeverPull']);
const START_REASONS = new Set([
  'CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PreCreateHookError', 'PreStartHookError', 'PostStartHookError',
]);

function pullFinding(problem: RolloutProblem, status: JsonObject, context: PodContext): Finding {
  const image = imageOf(status, context);
  const message = registryMessage(problem.message, image) || registryMessage(pullEventMessage(image, context), image) || problem.message;
  return { problem: { ...problem, image, message }, grace: graceFor(message) };
}

/** The registry's message, without the prefixes of the kubelet and containerd: they repeat the reason and the image. */
function registryMessage(message: string, image: string): string {
  const rest = message.replace(PULL_PREFIXES, '');
  return rest.startsWith(`${image}: `) ? rest.slice(image.length + 2) : rest;
}

const PULL_PREFIXES = new RegExp(`^(?:(?:${[
  'ErrImagePull', 'Back-off pulling image "[^"]*"', 'Failed to pull image "[^"]*"', 'failed to pull and unpack image "[^"]*"', 'failed to resolve reference "[^"]*"',
  'rpc error: code = \\w+ desc =',
].join('|')}):? ?)+`);

/** The status of older kubelets does not give the reason for a back-off, but an event does. */
function pullEventMessage(image: string, { events }: PodContext): string {
  const failed = events.filter((event) => textAt(event, 'reason') === 'Failed' && textAt(event, 'message').startsWith(`Failed to pull image "${image}"`));
  return textAt(failed[failed.length - 1], 'message');
}

function crashFinding(status: JsonObject, context: PodContext): Finding | undefined {
  const isWaiting = textAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff';
  const ended = isWaiting ? fieldAt(status, 'lastState', 'terminated') : fieldAt(status, 'state', 'terminated');
  const count = numberAt(status, 'restartCount') ?? 0;
  const hasFailed = (numberAt(ended, 'exitCode') ?? 0) !== 0;
  if (!isWaiting && !hasFailed) return undefined;
  const place = placeOf(status, context);
  if (COULD_NOT_START.has(textAt(ended, 'reason'))) {
    const message = textAt(ended, 'message');
    return { problem: { ...place, reason: textAt(ended, 'reason'), message }, grace: context.restarts === undefined ? 'restarts' : graceFor(message) };
  }
  // The kubelet reports CrashLoopBackOff up to 15 seconds after the container has ended.
  const isCrashing = context.restarts !== undefined && count >= context.restarts;
  const reason = isWaiting || isCrashing ? 'CrashLoopBackOff' : textAt(ended, 'reason') || 'Error';
  return { problem: { ...place, reason, message: exitMessage(ended, count, status, context) }, grace: isCrashing ? 'none' : 'restarts' };
}

/** The kubelet's reasons for a container whose program did not start. */
export const COULD_NOT_START: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

/** `exit code 137, OOMKilled (its memory limit is 16Mi), restarted 3 times`. */
function exitMessage(ended: ReturnType<typeof fieldAt>, count: number, status: JsonObject, { pod, restarts }: PodContext): string {
  const [code, signal, reason, message] = [numberAt(ended, 'exitCode'), numberAt(ended, 'signal'), textAt(ended, 'reason'), textAt(ended, 'message').trim()];
  const spec = specOf(status, pod);
  const limit = textAt(spec, 'resources', 'limits', 'memory');
  return [
    code === undefined ? 'it ended' : `exit code ${code}`,
    ...signal ? [`signal ${signal}`] : [],
    ...reason === 'OOMKilled' ? [`OOMKilled${limit && ` (its memory limit is ${limit})`}`] : [],
    ...code === 0 && restarts !== undefined ? ['but it should keep running'] : [],
    ...count > 0 ? [`restarted ${count === 1 ? 'once' : `${count} times`}`] : [],
  ].join(', ') + (message && `: ${message.slice(-300)}`);
}

function unschedulable({ workload, pod }: PodContext): Finding[] {
  const condition = conditionOf(pod, 'PodScheduled');
  if (textAt(condition, 'status') !== 'False') return [];
  const reason = textAt(condition, 'reason');
  const problem = { workload, pod: nameOf(pod), reason, message: textAt(condition, 'message') };
  return [{ problem, grace: reason === 'Unschedulable' ? 'unschedulable' : 'timeout' }];
}

/** The kubelet rejected the pod after scheduling (`OutOfcpu`, `UnexpectedAdmissionError`) or evicted it. Its controller creates another pod. */
function rejected({ workload, pod }: PodContext): Finding[] {
  const reason = textAt(pod, 'status', 'reason');
  if (textAt(pod, 'status', 'phase') !== 'Failed' || reason === '') return [];
  return [{ problem: { workload, pod: nameOf(pod), reason, message: textAt(pod, 'status', 'message') }, grace: 'timeout' }];
}

/** While the containers of a pod cannot be created, only events give the reason. */
function startFailure({ workload, pod, events }: PodContext): Finding[] {
  if (textAt(pod, 'status', 'phase') !== 'Pending') return [];
  const event = latest(events, ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox']);
  if (!event) return [];
  const [reason, message] = [textAt(event, 'reason'), textAt(event, 'message')];
  return [{ problem: { workload, pod: nameOf(pod), reason, message }, grace: / not found|non-existent/.test(message) ? 'temporary' : 'timeout' }];
}

/** Every pod is unready for a while, so this is a cause only when the time limit is over. */
function unready({ workload, pod, events }: PodContext): Finding[] {
  if (textAt(pod, 'status', 'phase') !== 'Running' || isTrue(pod, 'Ready')) return [];
  const event = latest(events, ['Unhealthy']);
  const container = textAt(unreadyContainer(pod, event), 'name');
  const place = { workload, pod: nameOf(pod), ...container !== '' && { container } };
  if (event) return [{ problem: { ...place, reason: 'Unhealthy', message: textAt(event, 'message').replace(/:\s*$/, '') }, grace: 'timeout' }];
  return [{ problem: { ...place, reason: 'NotReady', message: textAt(conditionOf(pod, 'Ready'), 'message') }, grace: 'timeout' }];
}

/** The field path of the event names the container: `spec.containers{app}`. */
function unreadyContainer(pod: JsonObject, event: JsonObject | undefined): JsonObject | undefined {
  const statuses = containerStatuses(pod);
  const [, named] = /\{(.+)\}$/.exec(textAt(event, 'involvedObject', 'fieldPath')) ?? [];
  return statuses.find(({ name }) => name === named) ?? statuses.find((status) => fieldAt(status, 'ready') === false);
}

function latest(events: readonly JsonObject[], reasons: readonly string[]): JsonObject | undefined {
  const matching = events.filter((event) => reasons.includes(textAt(event, 'reason')));
  return matching[matching.length - 1];
}

/**
 * The statuses of all containers of a pod, init containers first.
 */
export function containerStatuses(pod: JsonObject): JsonObject[] {
  return [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
}

function placeOf(status: JsonObject, { workload, pod }: PodContext): Omit<RolloutProblem, 'reason' | 'message'> {
  return { workload, pod: nameOf(pod), container: textAt(status, 'name') };
}

/**
 * The image as the manifest names it. The status has the runtime's name for it. When the message names the image of a volume, that one is meant:
 * the kubelet reports it at the containers that mount the volume.
 */
function imageOf(status: JsonObject, { pod }: PodContext): string {
  const own = textAt(specOf(status, pod), 'image') || textAt(status, 'image');
  const message = textAt(status, 'state', 'waiting', 'message');
  if (message.includes(own)) return own;
  const references = listAt(pod, 'spec', 'volumes').map((volume) => textAt(volume, 'image', 'reference'));
  const named = references.filter((reference) => reference !== '' && message.includes(reference)).sort((a, b) => b.length - a.length);
  return named[0] ?? own;
}

function specOf(status: JsonObject, pod: JsonObject): JsonObject | undefined {
  return [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')].find(({ name }) => name === status.name);
}

function nameOf(pod: JsonObject): string {
  return textAt(pod, 'metadata', 'name');
}
