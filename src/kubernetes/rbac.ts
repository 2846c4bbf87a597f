import { JsonObject, textsIn } from '../base/json';

/**
 * A rule of a Role or ClusterRole (rbac.authorization.k8s.io/v1).
 */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** An empty or missing list allows all names. */
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/**
 * Reads a rule of an object in the cluster.
 */
export function policyRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: JsonObject): PolicyRule {
  return {
    verbs: textsIn(verbs),
    apiGroups: textsIn(apiGroups),
    resources: textsIn(resources),
    resourceNames: textsIn(resourceNames),
    nonResourceURLs: textsIn(nonResourceURLs),
  };
}

/**
 * A request for one object, or for all objects of a kind.
 */
export interface ResourceRequest {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Missing in requests without a name, such as list and create. */
  readonly name?: string;
}

/**
 * Whether one of the rules allows a request. Decides as the API server's RBAC authorizer does
 * (pkg/apis/rbac/v1/evaluation_helpers.go and plugin/pkg/auth/authorizer/rbac/rbac.go in github.com/kubernetes/kubernetes).
 */
export function allows(rules: readonly PolicyRule[], request: ResourceRequest): boolean {
  return rules.some((rule) =>
    matches(rule.verbs, request.verb) &&
    matches(rule.apiGroups, request.group) &&
    matchesResource(rule.resources ?? [], request) &&
    matchesName(rule.resourceNames ?? [], request.name));
}

/**
 * Whether one of the rules allows a request for a non-resource URL such as `/healthz`. The URL of a rule may end in `*`.
 */
export function allowsUrl(rules: readonly PolicyRule[], verb: string, path: string): boolean {
  return rules.some((rule) => matches(rule.verbs, verb) && (rule.nonResourceURLs ?? []).some((pattern) => matchesUrl(pattern, path)));
}

function matches(allowed: readonly string[] | undefined, value: string): boolean {
  return allowed?.some((entry) => entry === '*' || entry === value) ?? false;
}

function matchesResource(allowed: readonly string[], { resource, subresource }: ResourceRequest): boolean {
  const combined = subresource ? `${resource}/${subresource}` : resource;
  return allowed.some((entry) => entry === '*' || entry === combined || (Boolean(subresource) && entry === `*/${subresource}`));
}

// To the API server a missing name is an empty one, and a rule may list the empty name.
function matchesName(allowed: readonly string[], name = ''): boolean {
  return allowed.length === 0 || allowed.includes(name);
}

function matchesUrl(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}

/** The API group of Roles and RoleBindings. */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/**
 * A subject of a RoleBinding (rbac.authorization.k8s.io/v1).
 */
export interface Subject {
  readonly kind: 'ServiceAccount' | 'Group' | 'User';
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

/**
 * A ServiceAccount. The namespace is always written: without it the subject would change when the RoleBinding moves to another namespace.
 */
export function serviceAccount(name: string, namespace: string): Subject {
  return { kind: 'ServiceAccount', name, namespace };
}

/**
 * A group, to which the API server's authenticators assign users.
 */
export function group(name: string): Subject {
  return { kind: 'Group', name, apiGroup: RBAC_GROUP };
}

/**
 * A user, as an authenticator names it.
 */
export function user(name: string): Subject {
  return { kind: 'User', name, apiGroup: RBAC_GROUP };
}
