import { Finding, graceOf, mostTelling } from './diagnosis';
import type { GracePeriods } from './rollout';

/**
 * Remembers since when something looks wrong, by the clock of this machine.
 */
export class GracePeriodTimer {
  private since = new Map<string, number>();
  private found: readonly Finding[] = [];

  public constructor(private readonly limits: GracePeriods) {}

  /** Takes over what is found now. What is not found any more has healed. */
  public note(findings: readonly Finding[], now: number): void {
    this.found = findings;
    this.since = new Map(findings.map(keyOf).map((key) => [key, this.since.get(key) ?? now]));
  }

  /** What has lasted too long, or nothing. */
  public due(now: number): Finding | undefined {
    return mostTelling(this.found.filter((finding) => this.endOf(finding) <= now));
  }

  /** What has lasted for so many milliseconds. */
  public lasting(milliseconds: number, now: number): readonly Finding[] {
    return this.found.filter((finding) => now - (this.since.get(keyOf(finding)) ?? now) >= milliseconds);
  }

  /** When the next of them will have lasted too long: milliseconds since 1970, or Infinity. */
  public next(): number {
    return Math.min(Infinity, ...this.found.map((finding) => this.endOf(finding)));
  }

  /** What is the matter now that the time is up. */
  public worst(): Finding | undefined {
    return mostTelling(this.found);
  }

  private endOf(finding: Finding): number {
    return (this.since.get(keyOf(finding)) ?? Infinity) + graceOf(finding, this.limits);
  }
}

/** The same trouble in another pod of the workload, or in the kubelet's next words for it, has not begun anew. */
function keyOf({ trouble: { workload, container = '' }, patience }: Finding): string {
  return [workload, container, patience].join('\n');
}
