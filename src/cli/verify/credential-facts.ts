import type { Identity } from './access-reviews';
import type { Expectation } from './expectation';
import { Fact, outcomeOf } from './verification';
import { serviceAccountUser } from '../../kubernetes/service-accounts';
import type { TokenClaims } from '../../kubernetes/token-claims';
import type { Access } from '../access/access';
import { spanInWords } from '../base/duration';
import { HttpError, Unreachable } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';

/**
 * Compares the user and the namespace of the credential with the manifests.
 */
export function identityFacts(identity: Identity | undefined, namespace: string, access?: Access): Fact[] {
  return [
    ...access?.subject.kind === 'Group' ? [groupFact(identity, access.subject.name)] : [],
    factOf('User', identity?.username ?? 'unknown', access && userOf(access)),
    factOf('Namespace', namespace, access?.namespace),
  ];
}

/**
 * Checks that the server serves the APIs in a Role's rules. RBAC also allows requests for resources that do not exist.
 */
export async function apiFacts(cluster: KubernetesClient, expectation: Expectation): Promise<Fact[]> {
  const requests = expectation.roleRequests().flatMap((request) => ('path' in request || request.group === '*' || request.resource === '*' ? [] : [request]));
  if (requests.length === 0) return [];
  const [title, all] = ['APIs that the Role names', 'all of them'];
  const served = await servedResources(cluster);
  if (served === undefined) return [factOf(title, 'unknown', all)];
  const missing = new Set(requests.map(({ group, resource }) => resourceName(group, resource)).filter((name) => !served.has(name)));
  return [factOf(title, missing.size === 0 ? all : `the server lacks ${[...missing].join(', ')}`, all)];
}

async function servedResources(cluster: KubernetesClient): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set((await cluster.resources()).map(({ group, resource }) => resourceName(group, resource)));
  } catch (error) {
    const cause = error instanceof Unreachable ? error.cause : error;
    if (cause instanceof HttpError && cause.code !== 401) return undefined;
    throw error;
  }
}

function resourceName(group: string, resource: string): string {
  return group ? `${resource}.${group}` : resource;
}

function userOf({ subject }: Access): string | undefined {
  if (subject.kind === 'Group') return undefined;
  return subject.kind === 'ServiceAccount' ? serviceAccountUser(String(subject.namespace), subject.name) : subject.name;
}

function groupFact(identity: Identity | undefined, name: string): Fact {
  const found = identity === undefined ? 'unknown' : identity.groups.find((group) => group === name) ?? (identity.groups.join(', ') || 'none');
  return factOf('Group', found, name);
}

function factOf(title: string, found: string, expected: string | undefined): Fact {
  return { title, found, expected, outcome: expected === undefined ? 'not judged' : outcomeOf(found, expected) };
}

/** Seconds. A shorter remaining lifetime gives a warning. */
const SHORT_LIFETIME = 14 * 86_400;

/**
 * Warns about a token that expires soon or never. Only the API server knows whether the token is still valid.
 *
 * @param now Milliseconds since 1970.
 */
export function expiryWarning({ expires }: TokenClaims, now: number): string | undefined {
  if (expires === undefined) return 'the token never expires: a stolen copy works until its Secret is deleted. Use a token that expires, and rotate it';
  const left = expires - now / 1000;
  if (left > SHORT_LIFETIME) return undefined;
  const when = new Date(Math.max(0, expires) * 1000).toISOString();
  if (left <= 0) return `the token expired at ${when}, but the server accepts it: check the clock of this machine, and rotate the token`;
  return `the token expires in ${spanInWords(left)}, at ${when}: rotate it before then`;
}
