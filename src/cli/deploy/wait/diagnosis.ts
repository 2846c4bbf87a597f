import { printableText } from '../../../base/printable';

/**
 * An error of a workload as the cluster reports it, neither masked nor escaped.
 */
export interface RolloutProblem {
  /** `Deployment web`. */
  readonly workload: string;
  readonly pod?: string;
  readonly container?: string;
  readonly image?: string;
  /** The reason that Kubernetes gives: `ImagePullBackOff`, `FailedCreate`, `BackoffLimitExceeded`. */
  readonly reason: string;
  /** The message of the kubelet, the registry or a controller. */
  readonly message: string;
}

/**
 * How long a problem may last before the rollout fails:
 *
 * - `none`: it fails at once.
 * - `diagnosing`: a controller gave up. The wait goes on for 2 s to find the pod that explains it.
 * - `permanent`, `temporary` and `unschedulable`: the grace period of this name.
 * - `restarts`: the number of restarts decides, not the time.
 * - `timeout`: the problem is the cause only when the time limit is over.
 */
export type Grace = 'none' | 'diagnosing' | 'permanent' | 'temporary' | 'unschedulable' | 'restarts' | 'timeout';

/**
 * A problem, and how long it may last.
 */
export interface Finding {
  readonly problem: RolloutProblem;
  readonly grace: Grace;
}

/**
 * The grace period that a message calls for. Overload, timeouts and unreachable servers are temporary; other errors are permanent.
 */
export function graceFor(message: string): 'permanent' | 'temporary' {
  return TEMPORARY.test(message) ? 'temporary' : 'permanent';
}

const TEMPORARY = new RegExp([
  'time(?:d )?out', 'deadline exceeded', 'connection re(?:fused|set)', 'no route to host', 'network is unreachable', '\\bEOF\\b', 'server misbehaving', 'try again',
  'too ?many ?requests', 'rate limit', 'unavailable', 'internal (?:server )?error', 'bad gateway', 'failed to sync', 'is reserved for', 'exceeded quota',
  'failed calling webhook',
].join('|'), 'i');

/**
 * The finding that explains most. Shorter grace periods come first, and a problem of a pod comes before one of its workload.
 */
export function mainFinding(findings: readonly Finding[]): Finding | undefined {
  const rank = (finding: Finding) => ORDER.indexOf(finding.grace) - (finding.problem.pod === undefined ? 0 : 0.5);
  return [...findings].sort((one, other) => rank(one) - rank(other))[0];
}

const ORDER: readonly Grace[] = ['none', 'diagnosing', 'permanent', 'restarts', 'temporary', 'unschedulable', 'timeout'];

/**
 * Why a rollout failed. All texts are escaped, and the secrets of the job are masked.
 */
export interface Cause extends RolloutProblem {
  /** One line with the workload, pod, container, image, reason and message. */
  readonly line: string;
}

/**
 * Masks, escapes and shortens a problem, so that it can be printed.
 */
export function causeOf({ workload, pod, container, image, reason, message }: RolloutProblem, mask: (text: string) => string): Cause {
  const safe = (text: string) => printableText(mask(text));
  const parts = {
    workload: safe(workload),
    ...pod !== undefined && { pod: safe(pod) },
    ...container !== undefined && { container: safe(container) },
    ...image !== undefined && { image: safe(image) },
    reason: safe(reason),
    message: shortened(safe(message.trim())),
  };
  return { ...parts, line: lineOf(parts) };
}

/** In characters. Registries and admission repeat themselves; the first part says the error. */
const LONGEST_MESSAGE = 600;

function shortened(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

function lineOf({ workload, pod, container, image, reason, message }: RolloutProblem): string {
  const where = [
    workload,
    ...pod === undefined ? [] : [`pod ${pod}`],
    ...container === undefined ? [] : [`container ${container}`],
    ...image === undefined ? [] : [`image ${image}`],
  ].join(', ');
  return `${where}: ${[reason, message].filter((part) => part !== '').join(': ')}`;
}
