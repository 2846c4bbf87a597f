import { AccessRequest, allowsAccess, target } from './access-request';
import type { PolicyRule } from '../../kubernetes/rbac';

/**
 * What some rules allow and others do not: one request for each verb on each resource, name or path. A wildcard counts as itself, so
 * `*` is beyond every list of verbs, however long.
 *
 * @param rules The rules to look at.
 * @param limits The rules that are to cover them.
 */
export function beyond(rules: readonly PolicyRule[], limits: readonly PolicyRule[]): AccessRequest[] {
  const found = new Map(rules.flatMap(requestsOf).filter((request) => !allowsAccess(limits, request)).map((request) => [keyOf(request), request]));
  return [...found.values()];
}

/**
 * Every request that a rule names.
 */
export function requestsOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): AccessRequest[] {
  const names = resourceNames.length > 0 ? resourceNames : [undefined];
  return verbs.flatMap((verb) => [
    ...nonResourceURLs.map((path) => ({ verb, path })),
    ...apiGroups.flatMap((group) => resources.flatMap((resource) => names.map((name) => ({ verb, group, ...resourceAndSub(resource), name })))),
  ]);
}

/**
 * For people: `secrets (get, list)`, one entry for each target.
 */
export function describeRequests(requests: readonly AccessRequest[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const request of requests) verbs.set(target(request), [...verbs.get(target(request)) ?? [], request.verb]);
  return [...verbs].map(([name, its]) => `${name} (${its.join(', ')})`);
}

function resourceAndSub(written: string): { resource: string; subresource?: string } {
  const slash = written.indexOf('/');
  return slash < 0 ? { resource: written } : { resource: written.slice(0, slash), subresource: written.slice(slash + 1) };
}

function keyOf(request: AccessRequest): string {
  return JSON.stringify([request.verb, target(request)]);
}
