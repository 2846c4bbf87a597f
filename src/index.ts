// Images
export { CiImage, type EnvironmentImageOptions, type GitlabImageOptions, type ImageLookup, type ImagePolicy } from './image/ci-image';
export { ImageReference } from './image/image-reference';

// The credential file
export { Kubeconfig, type KubeconfigProps } from './kubeconfig/kubeconfig';
export { type AgentContextOptions, KubeconfigPolicy, type StoredKubeconfigOptions } from './kubeconfig/kubeconfig-policy';

// The access manifests
export {
  DeployerIdentity, DeployerToken, type GitlabAgentIdentityOptions, type OidcIdentityOptions, type ServiceAccountIdentityOptions,
} from './access/deployer-identity';
export { DeployerRole, type DeployerRule, type LeastPrivilegeOptions } from './access/deployer-role';
export { NamespaceDeployer, type NamespaceDeployerProps } from './access/namespace-deployer';

// The application
export { CiDeployment } from './workload/ci-deployment';
export type { CiDeploymentProps } from './workload/ci-deployment-props';
export { ManifestTemplate, type ManifestTemplateProps } from './workload/manifest-template';
export { NamespacedChart, type NamespacedChartProps } from './workload/namespaced-chart';
export type { PodSecurityOptions } from './workload/pod-security';

// The pipeline
export { BuildJob, type BuildJobOptions } from './pipeline/build-job';
export {
  type ClusterPinOptions, DeployCredential, type GitlabAgentOptions, type IdTokenOptions, type KubeconfigVariableOptions,
} from './pipeline/credentials/deploy-credential';
export { type Cdk8sCiDeployOptions, DeployJob, type DeployJobOptions, type KubectlDeployOptions } from './pipeline/deploy/deploy-job';
export { GitlabPipeline, type GitlabPipelineProps } from './pipeline/gitlab-pipeline';
export { type BuildahOptions, type DockerBuildOptions, ImageBuild, type ImageBuildOptions, type PrebuiltImageOptions } from './pipeline/images/image-build';
export type { JobOptions } from './pipeline/jobs/job-options';
export { CredentialRotation, type ScheduledRotationOptions } from './pipeline/rotation/credential-rotation';
export { Synthesis, type SynthesisCommands, type SynthesisOptions } from './pipeline/synthesis';
export { DeployRef } from './pipeline/targets/deploy-ref';
export { DeployTarget, type DeployTargetOptions, type ReviewTargetOptions, type TargetOptions } from './pipeline/targets/deploy-target';
