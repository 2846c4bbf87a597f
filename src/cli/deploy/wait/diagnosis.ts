import { printableText } from '../../../base/printable';
import { secrets } from '../../../base/secrets';

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
export function causeOf({ workload, pod, container, image, reason, message }: RolloutProblem): Cause {
  const safe = (text: string) => printableText(secrets.mask(text));
  const parts = {
    workload: safe(workload),
    ...pod !== undefined && { pod: safe(pod) },
    ...container !== undefined && { container: safe(container) },
    ...image !== undefined && { image: safe(image) },
    reason: safe(reason),
    message: printableText(secrets.cut(message.trim(), LONGEST_MESSAGE, '…')),
  };
  return { ...parts, line: lineOf(parts) };
}

/** In characters. Registries and admission repeat themselves; the first part says the error. */
const LONGEST_MESSAGE = 600;

function lineOf({ workload, pod, container, image, reason, message }: RolloutProblem): string {
  const where = [
    workload,
    ...pod === undefined ? [] : [`pod ${pod}`],
    ...container === undefined ? [] : [`container ${container}`],
    ...image === undefined ? [] : [`image ${image}`],
  ].join(', ');
  return `${where}: ${[reason, message].filter((part) => part !== '').join(': ')}`;
}

/**
 * How long a problem may last before the rollout fails, because problems can go away. In milliseconds.
 */
export interface GracePeriods {
  /** For errors that only another manifest or image repairs: a missing image, a missing key of a ConfigMap, Pod Security. */
  readonly permanent: number;
  /** For errors that can go away: a registry that does not answer, a quota. */
  readonly temporary: number;
  /** For a pod that fits on no node. The cluster may add nodes. */
  readonly unschedulable: number;
  /** The number of restarts, not a time, after which a container counts as crashing. */
  readonly restarts: number;
  /** How long all objects must stay ready after a container has crashed. */
  readonly stabilization: number;
}

export const DEFAULT_GRACE_PERIODS: GracePeriods = { permanent: 3_000, temporary: 30_000, unschedulable: 60_000, restarts: 3, stabilization: 10_000 };

/**
 * Measures how long each problem has lasted, with the clock of this machine.
 */
export class GracePeriodTimer {
  private since = new Map<string, number>();
  private findings: readonly Finding[] = [];

  public constructor(private readonly limits: GracePeriods) {}

  /** Replaces the findings. The time of a problem starts again when it was missing in between. */
  public update(findings: readonly Finding[], now: number): void {
    this.findings = findings;
    this.since = new Map(findings.map(keyOf).map((key) => [key, this.since.get(key) ?? now]));
  }

  /** The main finding of those whose grace period is over. */
  public expired(now: number): Finding | undefined {
    return mainFinding(this.findings.filter((finding) => this.endOf(finding) <= now));
  }

  /** The findings that have lasted for at least this many milliseconds. */
  public lasting(milliseconds: number, now: number): readonly Finding[] {
    return this.findings.filter((finding) => now - (this.since.get(keyOf(finding)) ?? now) >= milliseconds);
  }

  /** When the next grace period ends: milliseconds since 1970, or Infinity. */
  public nextEnd(): number {
    return Math.min(Infinity, ...this.findings.map((finding) => this.endOf(finding)));
  }

  /** The main finding, whether or not its grace period is over. */
  public main(): Finding | undefined {
    return mainFinding(this.findings);
  }

  private endOf(finding: Finding): number {
    return (this.since.get(keyOf(finding)) ?? Infinity) + this.lengthOf(finding);
  }

  private lengthOf({ grace }: Finding): number {
    switch (grace) {
      case 'none': return 0;
      case 'diagnosing': return DIAGNOSING;
      case 'restarts':
      case 'timeout': return Infinity;
      default: return this.limits[grace];
    }
  }
}

/** Milliseconds in which the pods of a workload and their events are read. */
const DIAGNOSING = 2_000;

/** The time goes on when the problem is in another pod of the workload, or when the kubelet changes its message. */
function keyOf({ problem: { workload, container = '' }, grace }: Finding): string {
  return [workload, container, grace].join('\n');
}
