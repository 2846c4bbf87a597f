/**
 * What CiDeployment writes on a Deployment, and with `configHash` on its pods.
 */
export const WORKLOAD_ANNOTATIONS = {
  commit: 'cdk8s-ci-deploy/commit',
  imageSource: 'cdk8s-ci-deploy/image-source',
  configHash: 'cdk8s-ci-deploy/config-hash',
} as const;
