import { Expectation } from './expectation';
import { identityFacts, servedFacts } from './facts';
import { Identity, Questions } from './questions';
import { describeRequests } from './rule-coverage';
import { Look, lookAt } from './scope-checks';
import { neighbourWarnings, shortList } from './service-account-escalation';
import { together } from './settle-all';
import { expiryWarning } from './token-expiry';
import { Place, Verification } from './verification';
import type { TokenClaims } from '../../kubernetes/token-claims';
import { ROLES_VERSION } from '../../kubernetes/user-facing-roles';
import type { Access } from '../access/access';
import type { KubernetesClient } from '../cluster/kubernetes-client';

/**
 * What a credential is verified against.
 */
export interface VerifyOptions {
  /** The one namespace of the credential. */
  readonly namespace: string;
  /** Where it must be denied everything, beside kube-system. By default `default`. */
  readonly otherNamespaces?: readonly string[];
  /** What must be allowed and what denied in the namespace. By default it must be possible to list the usual kinds. */
  readonly access?: Access;
  /** What the token says of itself, if it is one that says something. */
  readonly claims?: TokenClaims;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Finds out what the credential that a cluster is reached with may do, inside its namespace and outside, by asking the server and by trying.
 * Nothing is written: the questions are access reviews and lists.
 *
 * @throws `ApiError` when the server does not know the credential, `Unreachable` when there is no answer.
 */
export async function verifyAccess(cluster: KubernetesClient, options: VerifyOptions): Promise<Verification> {
  const { namespace, access } = options;
  const questions = new Questions(cluster);
  const expectation = new Expectation(access);
  // First and alone: a server that does not know the credential needs no more questions.
  const identity = await questions.self();
  const [served, looks] = await together([
    servedFacts(cluster, expectation),
    together(placesOf(options).map((place) => lookAt(place, questions, expectation))),
  ]);
  const around = await neighbourWarnings(questions, neighbourhood(looks, identity));
  return {
    server: cluster.server,
    namespace,
    at: options.now,
    expected: access && `${access.role.kind} ${access.role.name}, as in ${access.file}`,
    facts: [...identityFacts(identity, namespace, access), ...served],
    checks: looks.flatMap(({ checks }) => checks),
    warnings: [...ownWarnings(looks, options), ...around.warnings],
    notes: [
      ...roleNotes(looks, expectation, access),
      ...rulesNotes(looks),
      ...around.notes,
    ],
    counts: { ...cluster.counts },
  };
}

/** Where rights of the whole cluster show: in a namespace that no application has. */
const SYSTEM = 'kube-system';

function placesOf({ namespace, otherNamespaces = [] }: VerifyOptions): Place[] {
  const others = [SYSTEM, ...otherNamespaces.length > 0 ? otherNamespaces : ['default']].filter((name) => name !== namespace);
  return [
    { kind: 'namespace', namespace },
    ...[...new Set(others)].map((name): Place => ({ kind: 'other namespace', namespace: name })),
    { kind: 'cluster' },
  ];
}

function neighbourhood(looks: readonly Look[], identity: Identity | undefined): Parameters<typeof neighbourWarnings>[1] {
  const inside = looks[0];
  const outside = looks.find(({ place }) => place.kind === 'other namespace');
  return {
    namespace: inside?.place.namespace ?? '',
    outside: outside?.place.namespace ?? SYSTEM,
    username: identity?.username,
    checks: inside?.checks ?? [],
    rules: inside?.rules?.rules,
  };
}

function ownWarnings(looks: readonly Look[], { namespace, claims, now }: VerifyOptions): string[] {
  const expiry = claims && expiryWarning(claims, now);
  const deletes = looks[0]?.checks.some(({ request, answer }) =>
    answer === 'allowed' && request?.verb === 'delete' && 'name' in request && request.name === namespace);
  return [
    ...expiry === undefined ? [] : [expiry],
    ...deletes ? [`the credential may delete the namespace ${namespace} itself, with everything in it`] : [],
  ];
}

function roleNotes(looks: readonly Look[], expectation: Expectation, access: Access | undefined): string[] {
  if (!access) return ['no access manifests were given (--expect), so inside the namespace only the lists were judged'];
  const { kind, name } = access.role;
  if (!expectation.rules) return [`what ${kind} ${name} allows is not known here, so inside the namespace only the lists were judged`];
  const rules = looks[0]?.rules?.rules;
  if (!rules) return [];
  const [aggregated, lacking] = [describeRequests(expectation.aggregated(rules)), describeRequests(expectation.lacking(rules))];
  return [
    ...aggregated.length > 0 ? [`not judged, since custom resources may extend ${kind} ${name}: ${shortList(aggregated)}`] : [],
    ...lacking.length > 0 ? [`${kind} ${name} of Kubernetes ${ROLES_VERSION} has what is not allowed here: ${shortList(lacking)}`] : [],
  ];
}

function rulesNotes(looks: readonly Look[]): string[] {
  const incomplete = looks.flatMap(({ place, rules }) => (rules?.rules && rules.incomplete ? [{ place, message: rules.message }] : []));
  if (incomplete.length === 0) return [];
  const why = incomplete.find(({ message }) => message)?.message;
  const where = incomplete.map(({ place }) => place.namespace).join(', ');
  return [`the server says that its list of rights is incomplete (${where})${why ? `: ${why}` : ''}; what was asked one by one is not affected`];
}
