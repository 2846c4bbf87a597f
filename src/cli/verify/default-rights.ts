import type { PolicyRule } from '../../kubernetes/rbac';

/**
 * What the API server gives everyone who is known to it, and every ServiceAccount, all over the cluster: to ask who one is, what one may do and which APIs there are.
 * The ClusterRoles `system:basic-user`, `system:discovery`, `system:public-info-viewer`, `system:service-account-issuer-discovery` and
 * `system:cluster-trust-bundle-discovery`.
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
