export { BuildJob, type BuildJobOptions } from './pipeline/build-job';
export { CiDeployment } from './workload/ci-deployment';
export type { CiDeploymentProps } from './workload/ci-deployment-props';
export { CiImage, type EnvironmentImageOptions, type GitlabImageOptions, type ImageLookup, type ImagePolicy } from './image/ci-image';
export { CredentialRotation, type ScheduledRotationOptions } from './pipeline/rotation/credential-rotation';
export {
  type ClusterPinOptions, DeployCredential, type GitlabAgentOptions, type IdTokenOptions, type KubeconfigVariableOptions,
} from './pipeline/credentials/deploy-credential';
export { DeployTarget, type DeployTargetOptions, type ReviewTargetOptions, type TargetOptions } from './pipeline/targets/deploy-target';
export { type Cdk8sCiDeployOptions, DeployJob, type DeployJobOptions, type KubectlDeployOptions } from './pipeline/deploy/deploy-job';
export { DeployRef } from './pipeline/targets/deploy-ref';
export { DeployerIdentity, type GitlabAgentIdentityOptions, type OidcIdentityOptions, type ServiceAccountIdentityOptions } from './access/deployer-identity';
export { DeployerRole, type DeployerRule, type LeastPrivilegeOptions } from './access/deployer-role';
export { DeployerToken } from './access/deployer-identity';
export { GitlabPipeline, type GitlabPipelineProps } from './pipeline/gitlab-pipeline';
export { type BuildahOptions, type DockerBuildOptions, ImageBuild, type ImageBuildOptions, type PrebuiltImageOptions } from './pipeline/images/image-build';
export { ImageReference } from './image/image-reference';
export type { JobOptions } from './pipeline/jobs/job-options';
export { Kubeconfig, type KubeconfigProps } from './kubeconfig/kubeconfig';
export { type AgentContextOptions, KubeconfigPolicy, type StoredKubeconfigOptions } from './kubeconfig/kubeconfig-policy';
export { ManifestTemplate, type ManifestTemplateProps } from './workload/manifest-template';
export { NamespaceDeployer, type NamespaceDeployerProps } from './access/namespace-deployer';
export { NamespacedChart, type NamespacedChartProps } from './workload/namespaced-chart';
export type { PodSecurityOptions } from './workload/pod-security';
export { Synthesis, type SynthesisCommands, type SynthesisOptions } from './pipeline/synthesis';
