import { BEFORE_WORKLOADS } from './annotations';
import { textAt } from './fields';
import type { ReleaseObject } from './release';
import { kindName } from '../../../kubernetes/kinds';

/** Kinds that are applied together, each line after those above it: what others need to be accepted, or to start, comes first. */
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
 * Objects in the groups in which they are applied: those of one group at once, the groups one after the other.
 */
export interface Ordered<T> {
  /** What workloads need to be there. */
  readonly before: readonly T[][];
  /** Jobs that must complete before anything that follows. */
  readonly migrations: readonly T[];
  readonly after: readonly T[][];
}

/**
 * The order in which a set works.
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
 * Objects in the groups in which they are removed: what uses others goes before them.
 */
export function inReverse<T extends { readonly apiVersion: string; readonly kind: string }>(items: readonly T[]): T[][] {
  const groups = [WORKLOADS, ...[...ORDER].reverse()];
  const known = new Set(groups.flat());
  const name = ({ apiVersion, kind }: T) => kindName(apiVersion, kind);
  return [items.filter((item) => !known.has(name(item))), ...groups.map((kinds) => items.filter((item) => kinds.includes(name(item))))];
}

/**
 * Whether a Job is marked to complete before workloads are applied.
 */
export function isMigration({ value }: ReleaseObject): boolean {
  return textAt(value, 'metadata', 'annotations', BEFORE_WORKLOADS) === 'true';
}
