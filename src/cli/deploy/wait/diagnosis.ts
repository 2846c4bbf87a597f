import type { Trouble } from './cause';
import type { GracePeriods } from './rollout';

/**
 * A trouble that was found, and what it takes to count as a cause: `none` at once, `verdict` when there was a moment to see why a controller gave up,
 * `restarts` and `endless` only when the time is up.
 */
export interface Finding {
  readonly trouble: Trouble;
  readonly patience: 'none' | 'verdict' | keyof GracePeriods | 'endless';
}

/**
 * Milliseconds that a finding may last before the rollout counts as failed.
 */
export function graceOf({ patience }: Finding, limits: GracePeriods): number {
  switch (patience) {
    case 'none': return 0;
    case 'verdict': return VERDICT;
    case 'restarts':
    case 'endless': return Infinity;
    default: return limits[patience];
  }
}

/** Milliseconds in which the pods of a workload and their events are known. */
const VERDICT = 2_000;

/**
 * How much is to be waited for, judged by what was said: what sounds like a moment of load or a server that is away may pass.
 */
export function patienceFor(message: string): 'lasting' | 'passing' {
  return PASSING.test(message) ? 'passing' : 'lasting';
}

const PASSING = new RegExp([
  'time(?:d )?out', 'deadline exceeded', 'connection re(?:fused|set)', 'no route to host', 'network is unreachable', '\\bEOF\\b', 'server misbehaving', 'try again',
  'too ?many ?requests', 'rate limit', 'unavailable', 'internal (?:server )?error', 'bad gateway', 'failed to sync', 'is reserved for', 'exceeded quota',
  'failed calling webhook',
].join('|'), 'i');

/**
 * The most telling of several: what heals last comes first, and what is known of a pod before what is known of its workload.
 */
export function mostTelling(findings: readonly Finding[]): Finding | undefined {
  const rank = (finding: Finding) => ORDER.indexOf(finding.patience) - (finding.trouble.pod === undefined ? 0 : 0.5);
  return [...findings].sort((one, other) => rank(one) - rank(other))[0];
}

const ORDER: ReadonlyArray<Finding['patience']> = ['none', 'verdict', 'lasting', 'restarts', 'passing', 'unschedulable', 'endless'];
