import type { Trouble } from './cause';
import { Finding, patienceFor } from './diagnosis';
import type { JsonObject } from '../../../base/json';
import { fieldAt, listAt, numberAt, textAt } from '../objects/fields';

/**
 * What is known of a pod when its containers are judged.
 */
export interface PodContext {
  /** `Deployment web`. */
  readonly workload: string;
  readonly pod: JsonObject;
  /** Warnings about the pod, oldest first. */
  readonly events: readonly JsonObject[];
  /** How many restarts count as crashing, or nothing for pods of a Job, which has a limit of its own. */
  readonly restarts?: number;
}

/**
 * What keeps the containers of a pod from running, by their status.
 *
 * The reasons are the kubelet's own.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/container/sync_result.go
 */
export function containerFindings(context: PodContext): Finding[] {
  const { pod } = context;
  const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
  return statuses.flatMap((status) => findingsOf(status, context));
}

function findingsOf(status: JsonObject, context: PodContext): Finding[] {
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const message = textAt(status, 'state', 'waiting', 'message');
  const trouble = { ...placeOf(status, context), reason, message };
  if (PULLING.has(reason)) return [pulling(trouble, status, context)];
  if (NAMED_WRONGLY.has(reason)) return [{ trouble: { ...trouble, image: imageOf(status, context) }, patience: 'none' }];
  if (STARTING.has(reason)) return [{ trouble, patience: patienceFor(message) }];
  return crashing(status, context) ?? [];
}

const PULLING = new Set(['ErrImagePull', 'ImagePullBackOff', 'ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed']);
const NAMED_WRONGLY = new Set(['InvalidImageName', 'ErrImageNeverPull']);
const STARTING = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PreCreateHookError', 'PreStartHookError', 'PostStartHookError']);

function pulling(trouble: Trouble, status: JsonObject, context: PodContext): Finding {
  const image = imageOf(status, context);
  const message = pullMessage(trouble.message, image) || pullMessage(pullEvent(image, context), image) || trouble.message;
  return { trouble: { ...trouble, image, message }, patience: patienceFor(message) };
}

/** What the registry says, without what the kubelet and containerd say before it: the reason and the image, several times over. */
function pullMessage(message: string, image: string): string {
  const rest = message.replace(PULL_WORDS, '');
  return rest.startsWith(`${image}: `) ? rest.slice(image.length + 2) : rest;
}

const PULL_WORDS = new RegExp(`^(?:(?:${[
  'ErrImagePull', 'Back-off pulling image "[^"]*"', 'Failed to pull image "[^"]*"', 'failed to pull and unpack image "[^"]*"', 'failed to resolve reference "[^"]*"',
  'rpc error: code = \\w+ desc =',
].join('|')}):? ?)+`);

/** Older kubelets do not say in a back-off what it is for; an event does. */
function pullEvent(image: string, { events }: PodContext): string {
  const said = events.filter((event) => textAt(event, 'reason') === 'Failed' && textAt(event, 'message').startsWith(`Failed to pull image "${image}"`));
  return textAt(said[said.length - 1], 'message');
}

function crashing(status: JsonObject, context: PodContext): Finding[] | undefined {
  const isWaiting = textAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff';
  const ended = isWaiting ? fieldAt(status, 'lastState', 'terminated') : fieldAt(status, 'state', 'terminated');
  const count = numberAt(status, 'restartCount') ?? 0;
  const hasFailed = (numberAt(ended, 'exitCode') ?? 0) !== 0;
  if (!isWaiting && !hasFailed) return undefined;
  const place = placeOf(status, context);
  if (COULD_NOT_START.has(textAt(ended, 'reason'))) {
    const message = textAt(ended, 'message');
    return [{ trouble: { ...place, reason: textAt(ended, 'reason'), message }, patience: context.restarts === undefined ? 'restarts' : patienceFor(message) }];
  }
  // The kubelet says CrashLoopBackOff up to 15 seconds after the end of the container.
  const isLooping = context.restarts !== undefined && count >= context.restarts;
  const reason = isWaiting || isLooping ? 'CrashLoopBackOff' : textAt(ended, 'reason') || 'Error';
  return [{ trouble: { ...place, reason, message: endOf(ended, count, status, context) }, patience: isLooping ? 'none' : 'restarts' }];
}

/** What the kubelet says of a container whose program never began. */
export const COULD_NOT_START = new Set(['StartError', 'ContainerCannotRun']);

/** `exit code 137, OOMKilled (its memory limit is 16Mi), restarted 3 times`. */
function endOf(ended: ReturnType<typeof fieldAt>, count: number, status: JsonObject, { pod, restarts }: PodContext): string {
  const [code, signal, reason, message] = [numberAt(ended, 'exitCode'), numberAt(ended, 'signal'), textAt(ended, 'reason'), textAt(ended, 'message').trim()];
  const spec = specOf(status, pod);
  const limit = textAt(spec, 'resources', 'limits', 'memory');
  return [
    code === undefined ? 'it ended' : `exit code ${code}`,
    ...signal ? [`signal ${signal}`] : [],
    ...reason === 'OOMKilled' ? [`OOMKilled${limit && ` (its memory limit is ${limit})`}`] : [],
    ...code === 0 && restarts !== undefined ? ['though it is to keep running'] : [],
    ...count > 0 ? [`restarted ${count === 1 ? 'once' : `${count} times`}`] : [],
  ].join(', ') + (message && `: ${message.slice(-300)}`);
}

function placeOf(status: JsonObject, { workload, pod }: PodContext): Omit<Trouble, 'reason' | 'message'> {
  return { workload, pod: textAt(pod, 'metadata', 'name'), container: textAt(status, 'name') };
}

/** As the manifest names it; the status has it in the runtime's words. */
function imageOf(status: JsonObject, { pod }: PodContext): string {
  return textAt(specOf(status, pod), 'image') || textAt(status, 'image');
}

function specOf(status: JsonObject, pod: JsonObject): JsonObject | undefined {
  return [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')].find(({ name }) => name === status.name);
}
