import type { Problem } from '../base/user-error';

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
 * Whether kubectl applies the items of an object in place of the object. The kind does not matter: a `List`, a `ConfigMapList`, and a custom resource
 * with a field `items` are lists.
 */
export function isList({ items }: { readonly items?: unknown }): boolean {
  return items !== undefined;
}

/**
 * An item of a list. Without an `apiVersion` and a `kind`, it has those of the list, as in kubectl: the items of a `ConfigMapList` are ConfigMaps.
 */
export function typedItem<T extends Typed>({ apiVersion, kind }: Typed, item: T): T {
  if ((item.apiVersion ?? item.kind) !== undefined || typeof kind !== 'string') return item;
  return { apiVersion, kind: kind.replace(/List$/, ''), ...item };
}

interface Typed {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

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

/**
 * The problem of an API version that no supported version of Kubernetes serves. `undefined` for all others.
 *
 * @see https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
export function removedApi(apiVersion: string, kind: string): Omit<Problem, 'at'> | undefined {
  const { removedIn, remedy } = removalOf(apiVersion, kind) ?? {};
  if (removedIn === undefined || removedIn > OLDEST) return undefined;
  return { given: `Kubernetes 1.${removedIn} removed ${kind} in ${apiVersion}`, expected: 'an API version that the cluster serves', fix: `${remedy}; its fields may differ: ${GUIDE}` };
}

/**
 * The warning for an API version that a later version of Kubernetes removes, or that has a successor. `undefined` for all others.
 */
export function deprecatedApi(apiVersion: string, kind: string): string | undefined {
  if (apiVersion === 'v1' && kind === 'Endpoints') return 'Endpoints in v1 is deprecated since Kubernetes 1.33; use EndpointSlice in discovery.k8s.io/v1';
  const { removedIn, remedy } = removalOf(apiVersion, kind) ?? {};
  return removedIn === undefined || removedIn <= OLDEST ? undefined : `${kind} in ${apiVersion} is deprecated, and Kubernetes 1.${removedIn} removes it; ${remedy}`;
}

/** The oldest supported minor version. It serves all replacements of the API versions that were removed before. */
const OLDEST = 33;

const GUIDE = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/';

interface Removal {
  /** The minor version of Kubernetes 1. */
  readonly removedIn: number;
  readonly remedy: string;
}

function removalOf(apiVersion: string, kind: string): Removal | undefined {
  const [, , removedIn, replacement] = REMOVALS.find(([version, kinds]) => version === apiVersion && kinds.split(' ').includes(kind)) ?? [];
  if (removedIn === undefined || replacement === undefined) return undefined;
  return { removedIn, remedy: replacement.startsWith('use ') ? replacement : `use ${replacement}` };
}

const POD_SECURITY = 'use Pod Security admission, by labels of the namespace';

/**
 * The removed API versions of namespaced kinds, with the minor version that removed them, and the replacement.
 *
 * @see https://github.com/kubernetes/api the files zz_generated.prerelease-lifecycle.go
 */
const REMOVALS: ReadonlyArray<readonly [apiVersion: string, kinds: string, removedIn: number, replacement: string]> = [
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', 16, 'apps/v1'],
  ['extensions/v1beta1', 'Ingress', 22, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', 16, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'PodSecurityPolicy', 16, POD_SECURITY],
  ['apps/v1beta1', 'ControllerRevision Deployment StatefulSet', 16, 'apps/v1'],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', 16, 'apps/v1'],
  ['authorization.k8s.io/v1beta1', 'LocalSubjectAccessReview', 22, 'authorization.k8s.io/v1'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 25, 'autoscaling/v2'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 26, 'autoscaling/v2'],
  ['batch/v1beta1', 'CronJob', 25, 'batch/v1'],
  ['batch/v2alpha1', 'CronJob', 21, 'batch/v1'],
  ['certificates.k8s.io/v1alpha1', 'PodCertificateRequest', 40, 'certificates.k8s.io/v1beta1'],
  ['coordination.k8s.io/v1beta1', 'Lease', 22, 'coordination.k8s.io/v1'],
  ['coordination.k8s.io/v1alpha1', 'LeaseCandidate', 37, 'coordination.k8s.io/v1beta1'],
  ['coordination.k8s.io/v1alpha2', 'LeaseCandidate', 38, 'coordination.k8s.io/v1beta1'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', 25, 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', 'Event', 25, 'events.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'Ingress', 22, 'networking.k8s.io/v1'],
  ['policy/v1beta1', 'PodDisruptionBudget', 25, 'policy/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', 25, POD_SECURITY],
  ['rbac.authorization.k8s.io/v1beta1', 'Role RoleBinding', 22, 'rbac.authorization.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1alpha1', 'Role RoleBinding', 23, 'rbac.authorization.k8s.io/v1'],
  ['resource.k8s.io/v1beta1', 'ResourceClaim ResourceClaimTemplate', 38, 'resource.k8s.io/v1'],
  ['resource.k8s.io/v1beta2', 'ResourceClaim ResourceClaimTemplate', 39, 'resource.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity', 24, 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 27, 'storage.k8s.io/v1'],
];
