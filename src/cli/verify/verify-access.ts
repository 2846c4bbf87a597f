import { describeRequests, shortList } from './access-request';
import { AccessReviews, Identity, settleAll } from './access-reviews';
import { apiFacts, expiryWarning, identityFacts } from './credential-facts';
import { Expectation } from './expectation';
import { checkScope, ScopeResult } from './scope-checks';
import { EscalationContext, escalationWarnings } from './service-account-escalation';
import type { Scope, Verification } from './verification';
import type { TokenClaims } from '../../kubernetes/token-claims';
import { ROLES_VERSION } from '../../kubernetes/user-facing-roles';
import type { Access } from '../access/access';
import type { KubernetesClient } from '../cluster/kubernetes-client';

/**
 * Options of a verification.
 */
export interface VerifyOptions {
  /** The namespace of the credential. */
  readonly namespace: string;
  /**
   * Other namespaces in which everything must be denied. `kube-system` is always checked.
   *
   * @default ['default']
   */
  readonly otherNamespaces?: readonly string[];
  /** The manifests that define the expected rights in the namespace. Without them, lists of the kinds of `kubectl get all` must succeed. */
  readonly access?: Access;
  /** The claims of the token, if it is a JWT. */
  readonly claims?: TokenClaims;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Finds out what a credential may do, inside its namespace and outside, by access reviews and lists. It writes nothing.
 *
 * @param cluster The client that uses the credential.
 * @throws `ApiError` when the server rejects the credential, `Unreachable` when it does not answer.
 */
export async function verifyAccess(cluster: KubernetesClient, options: VerifyOptions): Promise<Verification> {
  const { namespace, access } = options;
  const reviews = new AccessReviews(cluster);
  const expectation = new Expectation(access);
  // This request comes first: when the server rejects the credential, no other request makes sense.
  const identity = await reviews.whoAmI();
  const [served, results] = await settleAll([
    apiFacts(cluster, expectation),
    settleAll(scopesOf(options).map(async (scope) => checkScope(scope, reviews, expectation))),
  ]);
  const escalation = await escalationWarnings(reviews, escalationContext(results, identity));
  return {
    server: cluster.server,
    namespace,
    at: options.now,
    expected: access && `${access.role.kind} ${access.role.name}, as in ${access.file}`,
    facts: [...identityFacts(identity, namespace, access), ...served],
    checks: results.flatMap(({ checks }) => checks),
    warnings: [...credentialWarnings(results, options), ...escalation.warnings],
    notes: [
      ...roleNotes(results, expectation, access),
      ...incompleteNotes(results),
      ...escalation.notes,
    ],
    counts: { ...cluster.counts },
  };
}

/** A namespace without applications: any right in it comes from a ClusterRoleBinding. */
const SYSTEM_NAMESPACE = 'kube-system';

function scopesOf({ namespace, otherNamespaces = [] }: VerifyOptions): Scope[] {
  const others = [SYSTEM_NAMESPACE, ...otherNamespaces.length > 0 ? otherNamespaces : ['default']].filter((name) => name !== namespace);
  return [
    { kind: 'namespace', namespace },
    ...[...new Set(others)].map((name): Scope => ({ kind: 'other namespace', namespace: name })),
    { kind: 'cluster' },
  ];
}

function escalationContext(results: readonly ScopeResult[], identity: Identity | undefined): EscalationContext {
  const inside = results[0];
  const outside = results.find(({ scope }) => scope.kind === 'other namespace');
  return {
    namespace: inside?.scope.namespace ?? '',
    outside: outside?.scope.namespace ?? SYSTEM_NAMESPACE,
    username: identity?.username,
    checks: inside?.checks ?? [],
    rules: inside?.rules?.rules,
  };
}

function credentialWarnings(results: readonly ScopeResult[], { namespace, claims, now }: VerifyOptions): string[] {
  const expiry = claims && expiryWarning(claims, now);
  const mayDelete = results[0]?.checks.some(({ request, answer }) =>
    answer === 'allowed' && request?.verb === 'delete' && 'name' in request && request.name === namespace);
  return [
    ...expiry === undefined ? [] : [expiry],
    ...mayDelete ? [`the credential may delete the namespace ${namespace} with everything in it`] : [],
  ];
}

function roleNotes(results: readonly ScopeResult[], expectation: Expectation, access: Access | undefined): string[] {
  if (!access) return ['without access manifests (--expect), only the lists in the namespace are judged'];
  const { kind, name } = access.role;
  if (!expectation.rules) return [`the rules of ${kind} ${name} are in the cluster only, so only the lists in the namespace are judged`];
  const rules = results[0]?.rules?.rules;
  if (!rules) return [];
  const [aggregated, missing] = [describeRequests(expectation.aggregatedRights(rules)), describeRequests(expectation.missingRights(rules))];
  return [
    ...aggregated.length > 0 ? [`not judged, since custom resources may extend ${kind} ${name}: ${shortList(aggregated)}`] : [],
    ...missing.length > 0 ? [`${kind} ${name} of Kubernetes ${ROLES_VERSION} has rights that are not allowed here: ${shortList(missing)}`] : [],
  ];
}

function incompleteNotes(results: readonly ScopeResult[]): string[] {
  const incomplete = results.flatMap(({ scope, rules }) => (rules?.rules && rules.incomplete ? [{ scope, message: rules.message }] : []));
  if (incomplete.length === 0) return [];
  const why = incomplete.find(({ message }) => message)?.message;
  const where = incomplete.map(({ scope }) => scope.namespace).join(', ');
  return [`the server says that its list of rights is incomplete (${where})${why ? `: ${why}` : ''}; the rights that were reviewed one by one are complete`];
}
