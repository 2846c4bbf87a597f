import { partName, RECORD_PARTS, releaseName, ReleaseOwner, replacingName } from './release-names';
import type { PolicyRule } from '../kubernetes/rbac';

/**
 * A right that the command `deploy` needs, with its reason.
 */
export interface DeployRight {
  readonly why: string;
  readonly rule: PolicyRule;
}

/**
 * The rights that every deployment needs, for objects of any kind. A cluster gives everyone the right to review their own rights
 * (ClusterRole `system:basic-user`) and to list the kinds of the API (`system:discovery`).
 */
export const DEPLOY_RIGHTS: readonly DeployRight[] = [
  { why: 'find the cause of a failed rollout: an image that cannot be pulled, a container that crashes', rule: reading('', ['pods'], ['list', 'watch']) },
  { why: 'show the last lines of a container that crashed', rule: reading('', ['pods/log'], ['get']) },
  { why: 'distinguish the pods of this release from the previous ones, and detect a quota that prevents new pods', rule: reading('apps', ['replicasets'], ['list', 'watch']) },
  { why: 'report the errors of the scheduler, the kubelet and controllers', rule: reading('', ['events'], ['list', 'watch']) },
  { why: 'check that the quota has room for the whole release, before anything is written', rule: reading('', ['limitranges', 'resourcequotas'], ['list']) },
  { why: 'check that the namespace is not being deleted', rule: reading('', ['namespaces'], ['get']) },
];

/**
 * The rights for the record and the lock of an application. The access manifests create both.
 */
export function recordRights(owner: ReleaseOwner): DeployRight[] {
  return [
    { why: 'read and write the record of releases', rule: named('', 'secrets', recordNames(owner), ['get', 'patch']) },
    { why: 'take the lock that allows one deployment at a time', rule: named('coordination.k8s.io', 'leases', [releaseName(owner)], ['get', 'patch']) },
  ];
}

/**
 * The rights for the Secret of `--pull-secret`. The access manifests do not create it, because several applications of a namespace share it:
 * applying the manifests of one application again would delete the credentials of all. `deploy` creates it by server-side apply.
 */
export function pullSecretRights(name: string): DeployRight[] {
  return [{ why: 'write the credentials of the registry, and delete them when no application uses them', rule: named('', 'secrets', [name], ['get', 'create', 'patch', 'delete']) }];
}

/**
 * The names of the record's Secrets.
 */
export function recordNames(owner: ReleaseOwner): string[] {
  return [releaseName(owner), ...Array.from({ length: RECORD_PARTS }, (_, index) => partName(owner, index + 1))];
}

/**
 * The objects of one kind.
 */
export interface NamedObjects {
  readonly group: string;
  readonly resource: string;
  /** Whether the kind is a custom resource. `deploy` waits for those as well, because they may have a readiness. */
  readonly isCustom: boolean;
  readonly names: readonly string[];
}

/**
 * The rights for the objects of one kind. A server-side apply that creates an object contains its name, so the right to create is also limited to the names.
 */
export function objectRights({ group, resource, isCustom, names }: NamedObjects): DeployRight[] {
  const isJob = group === 'batch' && resource === 'jobs';
  const isStatefulSet = group === 'apps' && resource === 'statefulsets';
  return [
    { why: 'apply the objects, and delete those that are no longer in the manifests', rule: named(group, resource, names, ['get', 'create', 'patch', 'delete']) },
    ...isJob ? [{ why: 'check a Job that replaces an existing one', rule: named(group, resource, names.map(replacingName), ['create', 'patch']) }] : [],
    ...isStatefulSet ? [{ why: 'delete broken pods for which a StatefulSet waits after a rollback', rule: { apiGroups: [''], resources: ['pods'], verbs: ['delete'] } }] : [],
    ...isCustom || ROLLED_OUT.has(`${resource}.${group}`) ? [{ why: 'wait until the objects are ready', rule: reading(group, [resource], ['list', 'watch']) }] : [],
  ];
}

const ROLLED_OUT = new Set(['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch']);

function reading(group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}

function named(group: string, resource: string, resourceNames: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources: [resource], resourceNames: [...new Set(resourceNames)].sort(), verbs };
}
