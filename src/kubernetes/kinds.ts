

/**
 * The Kubernetes version whose API discovery the tables below list, with all alpha and beta APIs on.
 * The tables also list the kinds that 1.37 adds.
 */
export const KINDS_VERSION = 'v1.36.3';

/**
 * The scope of a kind. It is unknown for custom resources.
 */
export type Scope = 'namespace' | 'cluster' | 'unknown';

/**
 * Looks up the scope of a kind. The version of its API does not matter.
 *
 * @param apiVersion `group/version`, or `version` in the core group.
 * @param kind The kind.
 */
export function scopeOf(apiVersion: string, kind: string): Scope {
  const name = kindName(apiVersion, kind);
  if (NAMESPACED.has(name)) return 'namespace';
  return CLUSTER_SCOPED.has(name) ? 'cluster' : 'unknown';
}

/**
 * Looks up the resource of a namespaced kind, as RBAC rules name it. Returns `undefined` for an unknown kind.
 */
export function resourceOf(apiVersion: string, kind: string): { readonly group: string; readonly resource: string } | undefined {
  const resource = NAMESPACED.get(kindName(apiVersion, kind));
  return resource === undefined ? undefined : { group: parseApiVersion(apiVersion).group, resource };
}

/**
 * A kind with its API group, as kubectl writes it: `Deployment.apps`, `Pod`.
 */
export function kindName(apiVersion: string, kind: string): string {
  const { group } = parseApiVersion(apiVersion);
  return group ? `${kind}.${group}` : kind;
}

/** By kind, the resource that stands for it in the API's paths and in RBAC rules. */
const NAMESPACED = new Map([
  ['Binding', 'bindings'],
  ['CSIStorageCapacity.storage.k8s.io', 'csistoragecapacities'],
  ['ConfigMap', 'configmaps'],
  ['ControllerRevision.apps', 'controllerrevisions'],
  ['CronJob.batch', 'cronjobs'],
  ['DaemonSet.apps', 'daemonsets'],
  ['Deployment.apps', 'deployments'],
  ['EndpointSlice.discovery.k8s.io', 'endpointslices'],
  ['Endpoints', 'endpoints'],
  ['Event', 'events'],
  ['Event.events.k8s.io', 'events'],
  ['HorizontalPodAutoscaler.autoscaling', 'horizontalpodautoscalers'],
  ['Ingress.networking.k8s.io', 'ingresses'],
  ['Job.batch', 'jobs'],
  ['Lease.coordination.k8s.io', 'leases'],
  ['LeaseCandidate.coordination.k8s.io', 'leasecandidates'],
  ['LimitRange', 'limitranges'],
  ['LocalSubjectAccessReview.authorization.k8s.io', 'localsubjectaccessreviews'],
  ['NetworkPolicy.networking.k8s.io', 'networkpolicies'],
  ['PersistentVolumeClaim', 'persistentvolumeclaims'],
  ['Pod', 'pods'],
  ['PodCertificateRequest.certificates.k8s.io', 'podcertificaterequests'],
  ['PodDisruptionBudget.policy', 'poddisruptionbudgets'],
  ['PodTemplate', 'podtemplates'],
  ['ReplicaSet.apps', 'replicasets'],
  ['ReplicationController', 'replicationcontrollers'],
  ['ResourceClaim.resource.k8s.io', 'resourceclaims'],
  ['ResourceClaimTemplate.resource.k8s.io', 'resourceclaimtemplates'],
  ['ResourceQuota', 'resourcequotas'],
  ['Role.rbac.authorization.k8s.io', 'roles'],
  ['RoleBinding.rbac.authorization.k8s.io', 'rolebindings'],
  ['Secret', 'secrets'],
  ['Service', 'services'],
  ['ServiceAccount', 'serviceaccounts'],
  ['StatefulSet.apps', 'statefulsets'],
]);

const CLUSTER_SCOPED = new Set([
  'APIService.apiregistration.k8s.io',
  'CSIDriver.storage.k8s.io',
  'CSINode.storage.k8s.io',
  'CertificateSigningRequest.certificates.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'ClusterTrustBundle.certificates.k8s.io',
  'ComponentStatus',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'DeviceClass.resource.k8s.io',
  'DeviceTaintRule.resource.k8s.io',
  'FlowSchema.flowcontrol.apiserver.k8s.io',
  'IPAddress.networking.k8s.io',
  'IngressClass.networking.k8s.io',
  'MutatingAdmissionPolicy.admissionregistration.k8s.io',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass.scheduling.k8s.io',
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io',
  'ResourcePoolStatusRequest.resource.k8s.io',
  'ResourceSlice.resource.k8s.io',
  'RuntimeClass.node.k8s.io',
  'SelfSubjectAccessReview.authorization.k8s.io',
  'SelfSubjectReview.authentication.k8s.io',
  'SelfSubjectRulesReview.authorization.k8s.io',
  'ServiceCIDR.networking.k8s.io',
  'StorageClass.storage.k8s.io',
  'StorageVersion.internal.apiserver.k8s.io',
  'StorageVersionMigration.storagemigration.k8s.io',
  'SubjectAccessReview.authorization.k8s.io',
  'TokenReview.authentication.k8s.io',
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'VolumeAttachment.storage.k8s.io',
  'VolumeAttributesClass.storage.k8s.io',
]);

/**
 * An API group and a version in it.
 */
export interface ApiVersion {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
}

/**
 * Parses an `apiVersion`: `apps/v1` is the version `v1` of the group `apps`, `v1` that of the core group.
 */
export function parseApiVersion(apiVersion: string): ApiVersion {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
