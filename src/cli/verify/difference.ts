import { Check, Fact, placeName, Verification } from './verification';

/**
 * What is not as it must be in one place, for one reason.
 */
export interface Difference {
  /** `in kube-system`, or that it is about the credential. */
  readonly where: string;
  /** `allowed, must be denied`. */
  readonly what: string;
  /** `Secrets (list, delete)`; of the credential, what is said of it. */
  readonly rights: readonly string[];
  /** The server's own words. */
  readonly message?: string;
}

/**
 * Everything that is not as it must be: what differs first, then what is unknown.
 */
export function differences({ facts, checks }: Pick<Verification, 'facts' | 'checks'>): Difference[] {
  return (['differs', 'unknown'] as const).flatMap((outcome) => [
    ...facts.filter((fact) => fact.outcome === outcome).map(factDifference),
    ...alike(checks.filter((check) => check.outcome === outcome)).map(ofChecks),
  ]);
}

/** Checks that differ in what they ask for alone. */
function alike(checks: readonly Check[]): Check[][] {
  const groups = new Map<string, Check[]>();
  for (const check of checks) {
    const { place, answer, expected, message, rights } = check;
    const key = JSON.stringify([place, answer, expected, message, rights && 'other rights']);
    groups.set(key, [...groups.get(key) ?? [], check]);
  }
  return [...groups.values()];
}

function factDifference({ title, found, expected }: Fact): Difference {
  return { where: 'the credential', what: `${title} must be ${expected}`, rights: [`it is ${found}`] };
}

function ofChecks(checks: readonly Check[]): Difference {
  const [{ place, answer, expected, message, rights }] = checks as [Check];
  return {
    where: placeName(place),
    what: expected ? `${answer}, must be ${expected}` : answer,
    rights: rights ?? titled(checks),
    message,
  };
}

function titled(checks: readonly Check[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const { title, request } of checks) verbs.set(title, [...verbs.get(title) ?? [], ...request ? [request.verb] : []]);
  return [...verbs].map(([title, its]) => (its.length > 0 ? `${title} (${its.join(', ')})` : title));
}
