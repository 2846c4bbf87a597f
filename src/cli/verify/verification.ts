import type { AccessRequest } from './access-request';

/**
 * The server's answer. A server error gives `unknown`, since an error denies nothing.
 */
export type Answer = 'allowed' | 'denied' | 'unknown';

/**
 * The comparison of an answer with the expected one. `unknown` never counts as expected.
 */
export type Outcome = 'as expected' | 'differs' | 'unknown' | 'not judged';

/**
 * The scope of a check. The namespace is missing for the whole cluster.
 */
export interface Scope {
  readonly kind: 'namespace' | 'other namespace' | 'cluster';
  readonly namespace?: string;
}

/**
 * How the right was checked: by a list of objects, a SelfSubjectAccessReview, or a SelfSubjectRulesReview.
 */
export type Method = 'list' | 'access review' | 'rules review';

/**
 * The check of one right in one scope.
 */
export interface Check {
  readonly scope: Scope;
  /** The resource, for people: `Pods`. */
  readonly title: string;
  /** Missing for the check of unexpected rights, which compares all rights of the scope. */
  readonly request?: AccessRequest;
  readonly method: Method;
  readonly answer: Answer;
  /** Missing when no manifests define the expected answer. */
  readonly expected?: 'allowed' | 'denied';
  readonly outcome: Outcome;
  /** The server's unchanged message: the reason of a denial, or the binding that allows the request. */
  readonly message?: string;
  /** For the check of unexpected rights: the rights that were found, such as `secrets (get, list)`. */
  readonly rights?: readonly string[];
}

/**
 * A property of the credential that is no right, such as its user name.
 */
export interface Fact {
  readonly title: string;
  readonly found: string;
  readonly expected?: string;
  readonly outcome: Outcome;
}

/**
 * All results for one credential.
 */
export interface Verification {
  readonly server: string;
  readonly namespace: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The role that was expected, for people. Missing when no manifests were given. */
  readonly expected?: string;
  readonly facts: readonly Fact[];
  readonly checks: readonly Check[];
  /** Risks that the expected rights themselves bring. */
  readonly warnings: readonly string[];
  /** Limits of this verification. */
  readonly notes: readonly string[];
  readonly counts: { readonly connections: number; readonly requests: number };
}

/**
 * Compares an answer with the expected one.
 */
export function outcomeOf<T>(found: T | 'unknown', expected: T | undefined): Outcome {
  if (found === 'unknown') return 'unknown';
  if (expected === undefined) return 'not judged';
  return found === expected ? 'as expected' : 'differs';
}

/**
 * The worst outcome of all facts and checks.
 */
export function verdictOf({ facts, checks }: Pick<Verification, 'facts' | 'checks'>): 'as expected' | 'differs' | 'unknown' {
  const outcomes = new Set([...facts, ...checks].map(({ outcome }) => outcome));
  if (outcomes.has('differs')) return 'differs';
  return outcomes.has('unknown') ? 'unknown' : 'as expected';
}

/**
 * `in kube-system`, `in the whole cluster`.
 */
export function scopeName({ namespace }: Scope): string {
  return namespace === undefined ? 'in the whole cluster' : `in ${namespace}`;
}

/**
 * Similar problems of one scope, as the reports show them.
 */
export interface Difference {
  /** `in kube-system`, or `the credential`. */
  readonly where: string;
  /** `allowed, must be denied`. */
  readonly what: string;
  /** `Secrets (list, delete)`; for a fact of the credential, the value that was found. */
  readonly rights: readonly string[];
  /** The server's message. */
  readonly message?: string;
}

/**
 * All problems: first what differs, then what is unknown.
 */
export function differences({ facts, checks }: Pick<Verification, 'facts' | 'checks'>): Difference[] {
  return (['differs', 'unknown'] as const).flatMap((outcome) => [
    ...facts.filter((fact) => fact.outcome === outcome).map(factDifference),
    ...groupSimilar(checks.filter((check) => check.outcome === outcome)).map(checksDifference),
  ]);
}

/** Groups checks that differ only in the request. */
function groupSimilar(checks: readonly Check[]): Check[][] {
  const groups = new Map<string, Check[]>();
  for (const check of checks) {
    const { scope, answer, expected, message, rights } = check;
    const key = JSON.stringify([scope, answer, expected, message, rights && 'unexpected rights']);
    groups.set(key, [...groups.get(key) ?? [], check]);
  }
  return [...groups.values()];
}

function factDifference({ title, found, expected }: Fact): Difference {
  return { where: 'the credential', what: `${title} must be ${expected}`, rights: [`it is ${found}`] };
}

function checksDifference(checks: readonly Check[]): Difference {
  const [{ scope, answer, expected, message, rights }] = checks as [Check];
  return {
    where: scopeName(scope),
    what: expected ? `${answer}, must be ${expected}` : answer,
    rights: rights ?? titlesWithVerbs(checks),
    message,
  };
}

function titlesWithVerbs(checks: readonly Check[]): string[] {
  const verbsByTitle = new Map<string, string[]>();
  for (const { title, request } of checks) verbsByTitle.set(title, [...verbsByTitle.get(title) ?? [], ...request ? [request.verb] : []]);
  return [...verbsByTitle].map(([title, verbs]) => (verbs.length > 0 ? `${title} (${verbs.join(', ')})` : title));
}
