import { isMigration } from './jobs';
import type { ReleaseObject } from './release';
import { kindName } from '../../../kubernetes/kinds';

/** Kinds of one line are applied together, after the lines above. Later kinds need the earlier ones to be accepted or to start. */
const ORDER = [
  ['ResourceQuota', 'LimitRange', 'NetworkPolicy.networking.k8s.io', 'ServiceAccount'],
  ['Role.rbac.authorization.k8s.io'],
  ['RoleBinding.rbac.authorization.k8s.io'],
  ['ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Service'],
];

const WORKLOADS = [
  'Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'ReplicaSet.apps', 'ReplicationController', 'Pod', 'Job.batch', 'CronJob.batch',
];

/**
 * Objects in the groups in which they are applied. The objects of one group are applied at the same time, the groups one after the other.
 */
export interface Ordered<T> {
  /** Objects that workloads need. */
  readonly before: readonly T[][];
  /** Jobs that must complete before the workloads are applied. */
  readonly migrations: readonly T[];
  /** The workloads, then all other kinds. */
  readonly after: readonly T[][];
}

/**
 * Sorts objects into the groups in which they are applied.
 */
export function inOrder<T extends { readonly object: ReleaseObject }>(items: readonly T[]): Ordered<T> {
  const migrations = items.filter(({ object }) => isMigration(object));
  const others = items.filter(({ object }) => !isMigration(object));
  const of = (kinds: readonly string[]) => others.filter(({ object }) => kinds.includes(kindName(object.apiVersion, object.kind)));
  const known = new Set([...ORDER, WORKLOADS].flat());
  const rest = others.filter(({ object }) => !known.has(kindName(object.apiVersion, object.kind)));
  return { before: ORDER.map(of), migrations, after: [of(WORKLOADS), rest] };
}

/**
 * Sorts objects into the groups in which they are deleted. An object is deleted before the objects that it needs.
 */
export function inReverse<T extends { readonly apiVersion: string; readonly kind: string }>(items: readonly T[]): T[][] {
  const groups = [WORKLOADS, ...[...ORDER].reverse()];
  const known = new Set(groups.flat());
  const name = ({ apiVersion, kind }: T) => kindName(apiVersion, kind);
  return [items.filter((item) => !known.has(name(item))), ...groups.map((kinds) => items.filter((item) => kinds.includes(name(item))))];
}
