import type { AccessRequest } from './access-request';
import { RBAC_GROUP } from '../../kubernetes/rbac';

/**
 * The requests that are reviewed for one resource in one scope.
 */
export interface PermissionRow {
  /** The resource, for people. */
  readonly title: string;
  readonly requests: readonly AccessRequest[];
}

/**
 * A kind whose objects are listed, as by `kubectl get`.
 */
export interface ListedKind {
  /** `Pods`. */
  readonly title: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/**
 * The kinds that `kubectl get all` lists.
 */
export const GET_ALL_KINDS: readonly ListedKind[] = [
  { title: 'Pods', group: '', version: 'v1', resource: 'pods' },
  { title: 'ReplicationControllers', group: '', version: 'v1', resource: 'replicationcontrollers' },
  { title: 'Services', group: '', version: 'v1', resource: 'services' },
  { title: 'DaemonSets', group: 'apps', version: 'v1', resource: 'daemonsets' },
  { title: 'Deployments', group: 'apps', version: 'v1', resource: 'deployments' },
  { title: 'ReplicaSets', group: 'apps', version: 'v1', resource: 'replicasets' },
  { title: 'StatefulSets', group: 'apps', version: 'v1', resource: 'statefulsets' },
  { title: 'HorizontalPodAutoscalers', group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
  { title: 'Jobs', group: 'batch', version: 'v1', resource: 'jobs' },
  { title: 'CronJobs', group: 'batch', version: 'v1', resource: 'cronjobs' },
];

/**
 * The kinds that are listed in the whole cluster.
 */
export const CLUSTER_KINDS: readonly ListedKind[] = [
  { title: 'Namespaces', group: '', version: 'v1', resource: 'namespaces' },
  { title: 'Nodes', group: '', version: 'v1', resource: 'nodes' },
  { title: 'Pods of all namespaces', group: '', version: 'v1', resource: 'pods' },
];

const WRITE = ['create', 'update', 'delete'];
const ALL = ['list', ...WRITE];

/**
 * The rights that matter in the deployer's own namespace.
 */
export const NAMESPACE_PERMISSIONS: readonly PermissionRow[] = [
  ...GET_ALL_KINDS.map(({ title, group, resource }) => row(title, resource, group, WRITE)),
  row('Logs of Pods', 'pods/log', '', ['get']),
  row('Commands in Pods (exec)', 'pods/exec', '', ['create']),
  row('Connections to Pods (port-forward)', 'pods/portforward', '', ['create']),
  row('Ingresses', 'ingresses', 'networking.k8s.io', ALL),
  row('NetworkPolicies', 'networkpolicies', 'networking.k8s.io', ALL),
  row('ConfigMaps', 'configmaps', '', ALL),
  row('Secrets', 'secrets', '', ALL),
  row('PersistentVolumeClaims', 'persistentvolumeclaims', '', ALL),
  row('PodDisruptionBudgets', 'poddisruptionbudgets', 'policy', ALL),
  row('Leases', 'leases', 'coordination.k8s.io', ALL),
  row('Events', 'events', '', ['list']),
  row('ServiceAccounts', 'serviceaccounts', '', [...ALL, 'impersonate']),
  row('Tokens of ServiceAccounts', 'serviceaccounts/token', '', ['create']),
  row('Roles', 'roles', RBAC_GROUP, [...ALL, 'bind', 'escalate']),
  row('RoleBindings', 'rolebindings', RBAC_GROUP, ALL),
  row('ResourceQuotas', 'resourcequotas', '', ALL),
  row('LimitRanges', 'limitranges', '', ALL),
];

/**
 * The most harmful rights in another namespace. The rules review finds every other right there.
 */
export const OTHER_NAMESPACE_PERMISSIONS: readonly PermissionRow[] = [
  row('Pods', 'pods', '', ['create', 'delete']),
  row('Logs of Pods', 'pods/log', '', ['get']),
  row('Commands in Pods (exec)', 'pods/exec', '', ['create']),
  row('Deployments', 'deployments', 'apps', ['create', 'update', 'delete']),
  row('DaemonSets', 'daemonsets', 'apps', ['create']),
  row('Jobs', 'jobs', 'batch', ['create']),
  row('Services', 'services', '', ['create', 'delete']),
  row('ConfigMaps', 'configmaps', '', ['list', 'create']),
  row('Secrets', 'secrets', '', ['get', 'list', 'create', 'delete']),
  row('ServiceAccounts', 'serviceaccounts', '', ['create', 'impersonate']),
  row('Tokens of ServiceAccounts', 'serviceaccounts/token', '', ['create']),
  row('Roles', 'roles', RBAC_GROUP, ['create', 'escalate']),
  row('RoleBindings', 'rolebindings', RBAC_GROUP, ['create']),
];

/**
 * Rights in the whole cluster that only an administrator should have.
 */
export const CLUSTER_PERMISSIONS: readonly PermissionRow[] = [
  row('Everything', '*', '*', ['*']),
  row('Namespaces', 'namespaces', '', ['create', 'delete']),
  row('Nodes', 'nodes', '', ['update', 'delete']),
  row('Nodes, past the API server (proxy)', 'nodes/proxy', '', ['get', 'create']),
  row('Pods of all namespaces', 'pods', '', ['create']),
  row('Commands in Pods of all namespaces', 'pods/exec', '', ['create']),
  row('Secrets of all namespaces', 'secrets', '', ['get', 'list']),
  row('PersistentVolumes', 'persistentvolumes', '', ['create', 'delete']),
  row('StorageClasses', 'storageclasses', 'storage.k8s.io', ['create']),
  row('CustomResourceDefinitions', 'customresourcedefinitions', 'apiextensions.k8s.io', ['create', 'delete']),
  row('ClusterRoles', 'clusterroles', RBAC_GROUP, ['create', 'update', 'bind', 'escalate']),
  row('ClusterRoleBindings', 'clusterrolebindings', RBAC_GROUP, ['create', 'delete']),
  row('RoleBindings of all namespaces', 'rolebindings', RBAC_GROUP, ['create']),
  row('Mutating webhooks', 'mutatingwebhookconfigurations', 'admissionregistration.k8s.io', ['create', 'delete']),
  row('Validating webhooks', 'validatingwebhookconfigurations', 'admissionregistration.k8s.io', ['create', 'delete']),
  row('Certificate requests', 'certificatesigningrequests', 'certificates.k8s.io', ['create']),
  row('Approval of certificate requests', 'certificatesigningrequests/approval', 'certificates.k8s.io', ['update']),
  row('Aggregated APIs', 'apiservices', 'apiregistration.k8s.io', ['create']),
  row('Users', 'users', '', ['impersonate']),
  row('Groups', 'groups', '', ['impersonate']),
  row('ServiceAccounts of all namespaces', 'serviceaccounts', '', ['impersonate']),
  row('Tokens of all ServiceAccounts', 'serviceaccounts/token', '', ['create']),
  row('Reviews of tokens', 'tokenreviews', 'authentication.k8s.io', ['create']),
  row('Metrics of the API server', '/metrics', '', ['get']),
  row('Logs of the API server\'s machine', '/logs', '', ['get']),
  row('Profiles of the API server', '/debug/pprof', '', ['get']),
];

/**
 * The rights on the Namespace object itself.
 */
export function namespacePermissions(name: string): PermissionRow {
  return { title: 'The Namespace itself', requests: ['get', 'update', 'delete'].map((verb) => ({ verb, group: '', resource: 'namespaces', name })) };
}

/**
 * The request that lists a kind.
 */
export function listRequest({ group, resource }: ListedKind): AccessRequest {
  return { verb: 'list', group, resource };
}

function row(title: string, what: string, group: string, verbs: readonly string[]): PermissionRow {
  if (what.startsWith('/')) return { title, requests: verbs.map((verb) => ({ verb, path: what })) };
  const [resource = '', subresource] = what.split('/');
  return { title, requests: verbs.map((verb) => ({ verb, group, resource, subresource })) };
}
