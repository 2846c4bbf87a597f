/**
 * What a RoleBinding says of a deployer that the cluster knows by id_tokens, for those who only have the manifests.
 */
export const OIDC_ANNOTATIONS = {
  issuer: 'cdk8s-ci-deploy/oidc-issuer',
  audience: 'cdk8s-ci-deploy/oidc-audience',
  projectId: 'cdk8s-ci-deploy/oidc-project-id',
  usernamePrefix: 'cdk8s-ci-deploy/oidc-username-prefix',
  environment: 'cdk8s-ci-deploy/oidc-environment',
} as const;
