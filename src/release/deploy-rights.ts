import { partName, RECORD_PARTS, releaseName, ReleaseOwner } from './release-names';
import type { PolicyRule } from '../kubernetes/rbac';

/**
 * A right that the command `deploy` needs, and what for.
 */
export interface DeployRight {
  readonly why: string;
  readonly rule: PolicyRule;
}

/**
 * What deploying needs beside the objects that are deployed, whatever those are. To ask who one is and what one may do
 * is everybody's right in a cluster (ClusterRole `system:basic-user`), and so is to ask which kinds there are (`system:discovery`).
 */
export const DEPLOY_RIGHTS: readonly DeployRight[] = [
  { why: 'see why a rollout fails: an image that cannot be pulled, a container that crashes', rule: reading('', ['pods'], ['list', 'watch']) },
  { why: 'show the last lines of a container that crashed', rule: reading('', ['pods/log'], ['get']) },
  { why: 'tell the pods of this release from those of the last, and see that a quota lets none be made', rule: reading('apps', ['replicasets'], ['list', 'watch']) },
  { why: 'say what the scheduler, the kubelet and controllers complain of', rule: reading('', ['events'], ['list', 'watch']) },
  { why: 'see that the quota has room for the release as a whole, before anything is written', rule: reading('', ['limitranges', 'resourcequotas'], ['list']) },
  { why: 'see that the namespace is not being deleted', rule: reading('', ['namespaces'], ['get']) },
];

/**
 * What deploying needs for the record and the lock of an application, which are made by the access manifests.
 */
export function recordRights(owner: ReleaseOwner): DeployRight[] {
  return [
    { why: 'record what is deployed, and read it', rule: named('', 'secrets', recordNames(owner), ['get', 'patch']) },
    { why: 'deploy only one release at a time', rule: named('coordination.k8s.io', 'leases', [releaseName(owner)], ['get', 'patch']) },
  ];
}

/**
 * What deploying needs for the Secret of `--pull-secret`. It does not come with the access manifests: several applications of a namespace share it,
 * and applying the manifests of one again would take the credentials of all out of it. It is made by a server-side apply, as objects are.
 */
export function pullSecretRights(name: string): DeployRight[] {
  return [{ why: 'keep what images are pulled with, and remove it when nobody uses it', rule: named('', 'secrets', [name], ['get', 'create', 'patch', 'delete']) }];
}

/**
 * The Secrets of the record.
 */
export function recordNames(owner: ReleaseOwner): string[] {
  return [releaseName(owner), ...Array.from({ length: RECORD_PARTS }, (_, index) => partName(owner, index + 1))];
}

/**
 * Objects of one kind.
 */
export interface NamedObjects {
  readonly group: string;
  readonly resource: string;
  /** Whether it is a kind of custom resources, of which nobody knows here whether they get ready. */
  readonly isCustom: boolean;
  readonly names: readonly string[];
}

/**
 * What deploying needs for the objects of one kind. Server-side apply says the name also when it creates, so that creating is limited, too.
 */
export function objectRights({ group, resource, isCustom, names }: NamedObjects): DeployRight[] {
  const isJob = group === 'batch' && resource === 'jobs';
  const isStatefulSet = group === 'apps' && resource === 'statefulsets';
  return [
    { why: 'apply it, and remove it when it is gone from the manifests', rule: named(group, resource, names, ['get', 'create', 'patch', 'delete']) },
    ...isJob ? [{ why: 'have a Job that takes the place of another checked', rule: named(group, resource, names.map(replacingName), ['create', 'patch']) }] : [],
    ...isStatefulSet ? [{ why: 'delete broken pods that a StatefulSet waits for when it goes back', rule: { apiGroups: [''], resources: ['pods'], verbs: ['delete'] } }] : [],
    ...isCustom || ROLLED_OUT.has(`${resource}.${group}`) ? [{ why: 'wait until it is ready', rule: reading(group, [resource], ['list', 'watch']) }] : [],
  ];
}

/** A Job may have 63 characters in its name. */
const LONGEST_STEM = 50;

/**
 * The name under which a Job is checked that will take the place of the one of its own name.
 */
export function replacingName(name: string): string {
  return `${name.slice(0, LONGEST_STEM).replace(/[^a-z0-9]+$/, '')}-replacing`;
}

const ROLLED_OUT = new Set(['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch']);

function reading(group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}

function named(group: string, resource: string, resourceNames: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources: [resource], resourceNames: [...new Set(resourceNames)].sort(), verbs };
}
