/**
 * A rule of a Role or ClusterRole, as rbac.authorization.k8s.io/v1 writes it.
 */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** Empty or missing: every name. */
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/**
 * A request for an object, or for all of a kind.
 */
export interface ResourceRequest {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Missing for requests that name no object, such as list and create. */
  readonly name?: string;
}

/**
 * Whether one of the rules allows a request, as the API server's RBAC authorizer decides it
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
 * Whether one of the rules allows a request for a path that is no resource, such as `/healthz`. A rule may end in `*`.
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

// The server knows no missing name, only an empty one, which a rule may list.
function matchesName(allowed: readonly string[], name = ''): boolean {
  return allowed.length === 0 || allowed.includes(name);
}

function matchesUrl(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}
