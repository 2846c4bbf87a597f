import { AccessRequest, describeRequests, sameRequest, targetOf } from './access-request';
import { AccessReviews, ReviewAnswer, RulesReview, settleAll } from './access-reviews';
import type { Expectation } from './expectation';
import {
  CLUSTER_KINDS, CLUSTER_PERMISSIONS, GET_ALL_KINDS, ListedKind, listRequest, NAMESPACE_PERMISSIONS, namespacePermissions,
  OTHER_NAMESPACE_PERMISSIONS, PermissionRow,
} from './permissions';
import { Check, Method, outcomeOf, Scope } from './verification';

/**
 * All checks of one scope.
 */
export interface ScopeResult {
  readonly scope: Scope;
  readonly checks: readonly Check[];
  /** All rights in the namespace. Missing for the whole cluster, since the server lists rights by namespace. */
  readonly rules?: RulesReview;
}

/**
 * Runs all checks of one scope in parallel.
 */
export async function checkScope(scope: Scope, reviews: AccessReviews, expectation: Expectation): Promise<ScopeResult> {
  const { namespace } = scope;
  const check = (title: string, request: AccessRequest, method: Method, { answer, message }: ReviewAnswer): Check => {
    const expected = expectation.answerTo(scope, request);
    return { scope, title, request, method, answer, expected, outcome: outcomeOf(answer, expected), message };
  };
  const [listed, reviewed, rules] = await settleAll([
    settleAll(listedKinds(scope).map(async (kind) => check(kind.title, listRequest(kind), 'list', await reviews.canList(kind, namespace)))),
    settleAll(reviewedRows(scope, expectation).flatMap(({ title, requests }) =>
      requests.map(async (request) => check(title, request, 'access review', await reviews.canI(request, namespace))))),
    namespace === undefined ? undefined : reviews.listRules(namespace),
  ]);
  return { scope, rules, checks: [...listed, ...reviewed, ...rules ? unexpectedRightsCheck(scope, rules, expectation) : []] };
}

function listedKinds({ kind }: Scope): readonly ListedKind[] {
  return kind === 'cluster' ? CLUSTER_KINDS : GET_ALL_KINDS;
}

function reviewedRows({ kind, namespace = '' }: Scope, expectation: Expectation): readonly PermissionRow[] {
  if (kind === 'cluster') return CLUSTER_PERMISSIONS;
  if (kind === 'other namespace') return [...OTHER_NAMESPACE_PERMISSIONS, namespacePermissions(namespace)];
  return withRoleRequests([...NAMESPACE_PERMISSIONS, namespacePermissions(namespace)], expectation.roleRequests());
}

/** Adds the requests of the manifests' Role that are not in the rows yet. */
function withRoleRequests(rows: readonly PermissionRow[], roleRequests: readonly AccessRequest[]): PermissionRow[] {
  const extended = rows.map((row) => ({ ...row, requests: [...row.requests] }));
  for (const request of roleRequests) {
    if (isListedKind(request) || extended.some(({ requests }) => requests.some((known) => sameRequest(known, request)))) continue;
    const row = extended.find(({ requests: [known] }) => known && targetOf(known) === targetOf(request));
    if (row) row.requests.push(request);
    else extended.push({ title: targetOf(request), requests: [request] });
  }
  return extended;
}

function isListedKind(request: AccessRequest): boolean {
  return GET_ALL_KINDS.some((kind) => sameRequest(listRequest(kind), request));
}

/** One check that the scope has no unexpected right. No check when nothing defines the expected rights. */
function unexpectedRightsCheck(scope: Scope, review: RulesReview, expectation: Expectation): Check[] {
  const check = { scope, title: 'Any other right', method: 'rules review', expected: 'denied' } as const;
  const unexpected = expectation.unexpectedRights(scope, review.rules ?? []);
  if (!unexpected) return [];
  if (!review.rules) return [{ ...check, answer: 'unknown', outcome: 'unknown', message: review.message }];
  const answer = unexpected.length > 0 ? 'allowed' : 'denied';
  return [{ ...check, answer, outcome: outcomeOf(answer, 'denied'), rights: describeRequests(unexpected) }];
}
