import type { AccessRequest } from './access-request';

/**
 * What the server said. Unknown is an answer of its own: a server that fails has not denied anything.
 */
export type Answer = 'allowed' | 'denied' | 'unknown';

/**
 * What that means: only what is expected can differ, and what is unknown is never well.
 */
export type Outcome = 'as expected' | 'differs' | 'unknown' | 'not judged';

/**
 * Where a right is looked at. The namespace is missing for the whole cluster.
 */
export interface Place {
  readonly kind: 'namespace' | 'other namespace' | 'cluster';
  readonly namespace?: string;
}

/**
 * How the server was asked: by doing it, by asking whether one could, or by asking for all that one can.
 */
export type Means = 'list' | 'access review' | 'rules review';

/**
 * One right in one place.
 */
export interface Check {
  readonly place: Place;
  /** What the right is for, for people: `Pods`. */
  readonly title: string;
  /** Missing for the check that there is no other right. */
  readonly request?: AccessRequest;
  readonly means: Means;
  readonly answer: Answer;
  /** Missing when nobody said what is right here. */
  readonly expected?: 'allowed' | 'denied';
  readonly outcome: Outcome;
  /** The server's own words, as they came: why it denies, or the binding that allows it. */
  readonly message?: string;
  /** Of the check that there is no other right: those that there are, as `secrets (get, list)`. */
  readonly rights?: readonly string[];
}

/**
 * One thing about the credential that is no right.
 */
export interface Fact {
  readonly title: string;
  readonly found: string;
  readonly expected?: string;
  readonly outcome: Outcome;
}

/**
 * What was found about one credential.
 */
export interface Verification {
  readonly server: string;
  readonly namespace: string;
  /** When, as milliseconds since 1970. */
  readonly at: number;
  /** What was expected, for people; missing when only what lies outside the namespace was judged. */
  readonly expected?: string;
  readonly facts: readonly Fact[];
  readonly checks: readonly Check[];
  /** What is not wrong by what was expected, and should be known. */
  readonly warnings: readonly string[];
  /** How far this look goes. */
  readonly notes: readonly string[];
  readonly counts: { readonly connections: number; readonly requests: number };
}

/**
 * The answer and what was expected, compared.
 */
export function outcomeOf<T>(found: T | 'unknown', expected: T | undefined): Outcome {
  if (found === 'unknown') return 'unknown';
  if (expected === undefined) return 'not judged';
  return found === expected ? 'as expected' : 'differs';
}

/**
 * The worst outcome, which is that of the whole.
 */
export function verdictOf({ facts, checks }: Pick<Verification, 'facts' | 'checks'>): 'as expected' | 'differs' | 'unknown' {
  const outcomes = new Set([...facts, ...checks].map(({ outcome }) => outcome));
  if (outcomes.has('differs')) return 'differs';
  return outcomes.has('unknown') ? 'unknown' : 'as expected';
}

/**
 * `in kube-system`, `in the whole cluster`.
 */
export function placeName({ namespace }: Place): string {
  return namespace === undefined ? 'in the whole cluster' : `in ${namespace}`;
}
