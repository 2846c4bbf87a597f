import type { Expectation } from './expectation';
import type { Identity } from './questions';
import { Fact, outcomeOf } from './verification';
import type { Access } from '../access/access';
import { HttpError, Unreachable } from '../base/failure';
import type { KubernetesClient } from '../cluster/kubernetes-client';

/**
 * Who the server takes the credential for, and where it works, against what the manifests say.
 */
export function identityFacts(identity: Identity | undefined, namespace: string, access?: Access): Fact[] {
  return [
    ...access?.subject.kind === 'Group' ? [group(identity, access.subject.name)] : [],
    judged('User', identity?.username ?? 'unknown', access && userOf(access)),
    judged('Namespace', namespace, access?.namespace),
  ];
}

/**
 * Whether the server has the APIs that a Role names: a right to what does not exist is allowed, and of no use.
 */
export async function servedFacts(cluster: KubernetesClient, expectation: Expectation): Promise<Fact[]> {
  const named = expectation.named().flatMap((request) => ('path' in request || request.group === '*' || request.resource === '*' ? [] : [request]));
  if (named.length === 0) return [];
  const [title, all] = ['APIs that the Role names', 'all of them'];
  const served = await servedNames(cluster);
  if (served === undefined) return [judged(title, 'unknown', all)];
  const missing = new Set(named.map(({ group: its, resource }) => resourceName(its, resource)).filter((name) => !served.has(name)));
  return [judged(title, missing.size === 0 ? all : `the server lacks ${[...missing].join(', ')}`, all)];
}

async function servedNames(cluster: KubernetesClient): Promise<ReadonlySet<string> | undefined> {
  try {
    return new Set((await cluster.resources()).map(({ group: its, resource }) => resourceName(its, resource)));
  } catch (error) {
    const refusal = error instanceof Unreachable ? error.cause : error;
    if (refusal instanceof HttpError && refusal.code !== 401) return undefined;
    throw error;
  }
}

function resourceName(its: string, resource: string): string {
  return its ? `${resource}.${its}` : resource;
}

function userOf({ subject }: Access): string | undefined {
  if (subject.kind === 'Group') return undefined;
  return subject.kind === 'ServiceAccount' ? `system:serviceaccount:${subject.namespace}:${subject.name}` : subject.name;
}

function group(identity: Identity | undefined, name: string): Fact {
  const found = identity === undefined ? 'unknown' : identity.groups.find((its) => its === name) ?? (identity.groups.join(', ') || 'none');
  return judged('Group', found, name);
}

function judged(title: string, found: string, expected: string | undefined): Fact {
  return { title, found, expected, outcome: expected === undefined ? 'not judged' : outcomeOf(found, expected) };
}
