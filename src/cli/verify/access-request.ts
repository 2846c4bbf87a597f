import { allows, allowsUrl, PolicyRule, ResourceRequest } from '../../kubernetes/rbac';

/**
 * A request for a path that is no resource, such as `/metrics`.
 */
export interface PathRequest {
  readonly verb: string;
  readonly path: string;
}

/**
 * Whatever RBAC decides on.
 */
export type AccessRequest = ResourceRequest | PathRequest;

/**
 * Whether one of the rules allows a request.
 */
export function allowsAccess(rules: readonly PolicyRule[], request: AccessRequest): boolean {
  return 'path' in request ? allowsUrl(rules, request.verb, request.path) : allows(rules, request);
}

/**
 * `deployments.apps`, `pods/exec`, `/metrics`: what a request is for, as kubectl writes it.
 */
export function target(request: AccessRequest): string {
  if ('path' in request) return request.path;
  const { resource, group, subresource, name } = request;
  return [group ? `${resource}.${group}` : resource, ...[subresource, name && `"${name}"`].filter(Boolean)].join('/');
}
