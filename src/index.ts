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

// The pipeline: its jobs
export { GitlabPipeline, type GitlabPipelineProps } from './pipeline/gitlab-pipeline';
export { BuildJob, type BuildJobOptions } from './pipeline/build-job';
export { ImageBuild, type PrebuiltImageOptions } from './pipeline/images/image-build';
export type { BuildahOptions } from './pipeline/images/buildah-job';
export type { DockerBuildOptions } from './pipeline/images/docker-job';
export type { ImageBuildOptions } from './pipeline/images/image-job';
export { Synthesis, type SynthesisCommands, type SynthesisOptions } from './pipeline/synthesis';
export { DeployJob } from './pipeline/deploy/deploy-job';
export type { Cdk8sCiDeployOptions } from './pipeline/deploy/command-deployer';
export type { DeployJobOptions } from './pipeline/deploy/deployer';
export type { KubectlDeployOptions } from './pipeline/deploy/kubectl-deployer';
export { CredentialRotation } from './pipeline/rotation/credential-rotation';
export type { ScheduledRotationOptions } from './pipeline/rotation/rotation-jobs';
export type { JobOptions } from './pipeline/jobs/generated-job';

// The pipeline: its targets and their credentials
export { DeployTarget, type DeployTargetOptions, type ReviewTargetOptions, type TargetOptions } from './pipeline/targets/deploy-target';
export { DeployRef } from './pipeline/targets/deploy-ref';
export { DeployCredential } from './pipeline/credentials/deploy-credential';
export type { ClusterPinOptions } from './pipeline/credentials/cluster-pins';
export type { GitlabAgentOptions } from './pipeline/credentials/gitlab-agent';
export type { IdTokenOptions } from './pipeline/credentials/id-token';
export type { KubeconfigVariableOptions } from './pipeline/credentials/kubeconfig-variable';
