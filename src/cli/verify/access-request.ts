import { allows, allowsUrl, PolicyRule, ResourceRequest } from '../../kubernetes/rbac';

/**
 * A request for a non-resource URL, such as `/metrics`.
 */
export interface PathRequest {
  readonly verb: string;
  readonly path: string;
}

/**
 * A request that RBAC authorizes.
 */
export type AccessRequest = ResourceRequest | PathRequest;

/**
 * Whether one of the rules allows a request.
 */
export function allowsAccess(rules: readonly PolicyRule[], request: AccessRequest): boolean {
  return 'path' in request ? allowsUrl(rules, request.verb, request.path) : allows(rules, request);
}

/**
 * The resource or URL of a request, as kubectl writes it: `deployments.apps`, `pods/exec`, `/metrics`.
 */
export function targetOf(request: AccessRequest): string {
  if ('path' in request) return request.path;
  const { resource, group, subresource, name } = request;
  return [group ? `${resource}.${group}` : resource, ...[subresource, name && `"${name}"`].filter(Boolean)].join('/');
}

/**
 * Whether two requests are equal.
 */
export function sameRequest(a: AccessRequest, b: AccessRequest): boolean {
  if ('path' in a || 'path' in b) return 'path' in a && 'path' in b && a.path === b.path && a.verb === b.verb;
  return a.verb === b.verb && a.group === b.group && a.resource === b.resource && a.subresource === b.subresource && a.name === b.name;
}

/**
 * The requests that `rules` allow and `limits` do not: one for each verb on each resource, name or URL.
 * A wildcard is a verb or resource of its own: `*` is not covered by any list of verbs.
 */
export function uncoveredRequests(rules: readonly PolicyRule[], limits: readonly PolicyRule[]): AccessRequest[] {
  const uncovered = rules.flatMap(requestsOf).filter((request) => !allowsAccess(limits, request));
  return [...new Map(uncovered.map((request) => [JSON.stringify([request.verb, targetOf(request)]), request])).values()];
}

/**
 * Every request that a rule lists.
 */
export function requestsOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): AccessRequest[] {
  const names = resourceNames.length > 0 ? resourceNames : [undefined];
  return verbs.flatMap((verb) => [
    ...nonResourceURLs.map((path) => ({ verb, path })),
    ...apiGroups.flatMap((group) => resources.flatMap((resource) => names.map((name) => ({ verb, group, ...splitResource(resource), name })))),
  ]);
}

function splitResource(written: string): { resource: string; subresource?: string } {
  const slash = written.indexOf('/');
  return slash < 0 ? { resource: written } : { resource: written.slice(0, slash), subresource: written.slice(slash + 1) };
}

/**
 * Describes requests for people: `secrets (get, list)`, one entry for each resource or URL.
 */
export function describeRequests(requests: readonly AccessRequest[]): string[] {
  const verbsByTarget = new Map<string, string[]>();
  for (const request of requests) verbsByTarget.set(targetOf(request), [...verbsByTarget.get(targetOf(request)) ?? [], request.verb]);
  return [...verbsByTarget].map(([target, verbs]) => `${target} (${verbs.join(', ')})`);
}

/**
 * The first entries of a list, and the number of the others.
 */
export function shortList(entries: readonly string[], most = 6): string {
  const rest = entries.length - most;
  return [...entries.slice(0, most), ...rest > 0 ? [`and ${rest} more`] : []].join(', ');
}
