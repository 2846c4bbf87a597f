import { AccessRequest, allowsAccess, requestsOf, sameRequest, uncoveredRequests } from './access-request';
import { GET_ALL_KINDS, listRequest } from './permissions';
import type { Scope } from './verification';
import type { PolicyRule } from '../../kubernetes/rbac';
import type { Access } from '../access/access';

/**
 * The rights that the API server gives to every authenticated user and ServiceAccount in the whole cluster: reviews of oneself and discovery.
 * They come from the ClusterRoles `system:basic-user`, `system:discovery`, `system:public-info-viewer`,
 * `system:service-account-issuer-discovery` and `system:cluster-trust-bundle-discovery`.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
 */
export const DEFAULT_RULES: readonly PolicyRule[] = [
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  {
    verbs: ['get'],
    nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/'],
  },
  {
    verbs: ['get'],
    nonResourceURLs: ['/.well-known/openid-configuration', '/.well-known/openid-configuration/', '/openid/v1/jwks', '/openid/v1/jwks/'],
  },
  { verbs: ['get', 'list', 'watch'], apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'] },
];

/**
 * The expected rights: only the default rights outside the namespace, and the rights of the manifests' role inside.
 */
export class Expectation {
  /** The rules of the role. Missing without manifests, and for a ClusterRole that only the cluster knows. */
  public readonly rules?: readonly PolicyRule[];

  public constructor(private readonly access?: Access) {
    this.rules = access?.role.rules;
  }

  /** The expected answer to a request. Missing when nothing defines it: inside the namespace without rules. */
  public answerTo({ kind }: Scope, request: AccessRequest): 'allowed' | 'denied' | undefined {
    if (kind !== 'namespace') return answer(allowsAccess(DEFAULT_RULES, request));
    if (this.rules) return answer(allowsAccess([...this.rules, ...DEFAULT_RULES], request));
    return GET_ALL_KINDS.some((listed) => sameRequest(listRequest(listed), request)) ? 'allowed' : undefined;
  }

  /** Every request that a Role of the manifests lists. Nothing for a ClusterRole, whose rules depend on the version of Kubernetes. */
  public roleRequests(): AccessRequest[] {
    return this.access?.role.kind === 'Role' ? (this.rules ?? []).flatMap(requestsOf) : [];
  }

  /** The rights in a scope beyond the expected ones. Missing when nothing defines the expected ones. */
  public unexpectedRights({ kind }: Scope, found: readonly PolicyRule[]): AccessRequest[] | undefined {
    if (kind !== 'namespace') return uncoveredRequests(found, DEFAULT_RULES);
    return this.rules && uncoveredRequests(found, [...this.rules, ...DEFAULT_RULES]).filter((request) => !this.isAggregated(request));
  }

  /** The rights in the namespace that aggregation adds to ClusterRoles admin and edit for custom resources. */
  public aggregatedRights(found: readonly PolicyRule[]): AccessRequest[] {
    return this.rules ? uncoveredRequests(found, [...this.rules, ...DEFAULT_RULES]).filter((request) => this.isAggregated(request)) : [];
  }

  /** The rights that a ClusterRole has in the known version of Kubernetes and lacks on this server. */
  public missingRights(found: readonly PolicyRule[]): AccessRequest[] {
    return this.access?.role.kind === 'ClusterRole' ? uncoveredRequests(this.rules ?? [], found) : [];
  }

  private isAggregated(request: AccessRequest): boolean {
    return this.access?.role.kind === 'ClusterRole' && !('path' in request) && !BUILT_IN_GROUPS.has(request.group);
  }
}

/** The API groups that the API server itself serves, and the wildcard. Other groups under k8s.io, such as metrics.k8s.io, are add-ons. */
const BUILT_IN_GROUPS = new Set([
  '*', '', 'apps', 'autoscaling', 'batch', 'extensions', 'policy',
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates', 'coordination', 'discovery', 'events',
    'flowcontrol.apiserver', 'internal.apiserver', 'networking', 'node', 'rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration'].map((name) => `${name}.k8s.io`),
]);

function answer(isAllowed: boolean): 'allowed' | 'denied' {
  return isAllowed ? 'allowed' : 'denied';
}
