import { userError, show } from '../base/user-error';
import type { NameRule } from '../kubernetes/names';
import type { Subject } from '../kubernetes/subject';

/**
 * An identity as it is written into manifests.
 */
export interface BoundIdentity {
  /** Goes into the name of the RoleBinding. */
  readonly name: string;
  readonly subject: Subject;
  /** To be made in the namespace. */
  readonly serviceAccount?: { readonly name: string; readonly tokenSecret?: string };
  /** What someone who only has the manifests must know of the identity. */
  readonly annotations: { readonly [key: string]: string };
  /** For people. */
  readonly description: string;
}

/**
 * Refuses a value of an identity that breaks a rule.
 */
export function checkIdentity(prop: string, value: string, rule: NameRule): void {
  const expected = rule(value);
  if (expected) throw userError({ at: 'identity', given: `${prop} is ${show(value)}`, expected, fix: `change ${prop}` });
}

/**
 * Refuses what is not the id of a project in GitLab.
 */
export function checkProjectId(projectId: number, at = 'identity'): void {
  if (Number.isSafeInteger(projectId) && projectId > 0) return;
  throw userError({
    at,
    given: `projectId is ${show(projectId)}`,
    expected: 'the number that GitLab shows as the project\'s id',
    fix: 'take it from the project\'s page or from CI_PROJECT_ID',
  });
}
