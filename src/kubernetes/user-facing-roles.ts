import { PolicyRule } from './rbac';

/**
 * The Kubernetes version whose ClusterRoles the rules below list. Aggregated rules for custom resources differ between clusters and are not listed.
 */
export const ROLES_VERSION = 'v1.36.3';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const ALL = [...READ, ...WRITE];

/**
 * The rules of ClusterRole `edit`.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
export const EDIT_RULES: readonly PolicyRule[] = [
  { verbs: ALL, apiGroups: [''], resources: ['configmaps', 'events', 'persistentvolumeclaims', 'pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'replicationcontrollers', 'replicationcontrollers/scale', 'secrets', 'services', 'services/proxy'] },
  { verbs: ALL, apiGroups: ['events.k8s.io'], resources: ['events'] },
  { verbs: ALL, apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale'] },
  { verbs: ALL, apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
  { verbs: ALL, apiGroups: ['batch'], resources: ['cronjobs', 'jobs'] },
  { verbs: ALL, apiGroups: ['extensions'], resources: ['daemonsets', 'deployments', 'deployments/scale', 'ingresses', 'networkpolicies', 'replicasets', 'replicasets/scale', 'replicationcontrollers/scale'] },
  { verbs: ALL, apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
  { verbs: ALL, apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'] },
  { verbs: ALL, apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
  { verbs: ALL, apiGroups: ['resource.k8s.io'], resources: ['resourceclaims', 'resourceclaimtemplates'] },
  { verbs: [...ALL, 'impersonate'], apiGroups: [''], resources: ['serviceaccounts'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods/eviction', 'serviceaccounts/token'] },
  { verbs: WRITE, apiGroups: ['apps'], resources: ['deployments/rollback'] },
  { verbs: WRITE, apiGroups: ['extensions'], resources: ['deployments/rollback'] },
  { verbs: READ, apiGroups: [''], resources: ['bindings', 'endpoints', 'limitranges', 'namespaces', 'namespaces/status', 'persistentvolumeclaims/status', 'pods/log', 'pods/status', 'replicationcontrollers/status', 'resourcequotas', 'resourcequotas/status', 'services/status'] },
  { verbs: READ, apiGroups: ['apps'], resources: ['controllerrevisions', 'daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status'] },
  { verbs: READ, apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers/status'] },
  { verbs: READ, apiGroups: ['batch'], resources: ['cronjobs/status', 'jobs/status'] },
  { verbs: READ, apiGroups: ['extensions'], resources: ['daemonsets/status', 'deployments/status', 'ingresses/status', 'replicasets/status'] },
  { verbs: READ, apiGroups: ['policy'], resources: ['poddisruptionbudgets/status'] },
  { verbs: READ, apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'] },
  { verbs: READ, apiGroups: ['resource.k8s.io'], resources: ['resourceclaims/status'] },
  { verbs: READ, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
];

/**
 * The rules of ClusterRole `admin`: those of `edit`, and Roles and RoleBindings. RBAC prevents it from granting rights that it does not have.
 */
export const ADMIN_RULES: readonly PolicyRule[] = [
  ...EDIT_RULES,
  { verbs: ALL, apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'] },
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'] },
];
