export { CiDeployment, type CiDeploymentProps } from './ci-deployment';
export { CiImage, type EnvironmentImageOptions, type GitlabImageOptions, type ImageLookup, type ImagePolicy } from './ci-image';
export { DeployerIdentity, type GitlabAgentIdentityOptions, type OidcIdentityOptions, type ServiceAccountIdentityOptions } from './deployer-identity';
export { DeployerRole } from './deployer-role';
export { DeployerToken } from './deployer-token';
export { ImageReference } from './image-reference';
export { NamespaceDeployer, type NamespaceDeployerProps } from './namespace-deployer';
export { NamespacedChart, type NamespacedChartProps } from './namespaced-chart';
export type { PodSecurityOptions } from './pod-security';
