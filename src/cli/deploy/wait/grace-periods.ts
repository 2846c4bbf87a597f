import { Finding, mainFinding } from './diagnosis';

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
