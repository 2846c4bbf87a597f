import { fieldAt, listAt, textAt } from './fields';
import { jobOrder } from './jobs';
import type { ReleaseObject } from './release';
import { kindName, resourceOf } from '../../../kubernetes/kinds';

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
  /** Objects that workloads and Jobs need. Custom resources are last: an ExternalSecret creates a Secret. */
  readonly before: readonly T[][];
  /** Jobs before the workloads. Those of a group must complete before the next group is applied. */
  readonly jobsBefore: readonly T[][];
  /** The workloads, then the objects that select or scale them. */
  readonly workloads: readonly T[][];
  /** Jobs that are applied when the workloads are ready, in groups like `jobsBefore`. */
  readonly jobsAfter: readonly T[][];
}

/**
 * Sorts objects into the groups in which they are applied.
 */
export function inOrder<T extends { readonly object: ReleaseObject }>(items: readonly T[]): Ordered<T> {
  const at = (place: string) => items.filter(({ object }) => jobOrder(object).place === place);
  const others = at('with');
  const of = (kinds: readonly string[]) => others.filter(({ object }) => kinds.includes(kindName(object.apiVersion, object.kind)));
  const before = ORDER.map(of);
  const custom = others.filter(({ object }) => isCustomBefore(object));
  const workloads = others.filter(({ object }) => isWorkload(object));
  const known = new Set([...before.flat(), ...custom, ...workloads]);
  return {
    before: [...before, custom],
    jobsBefore: inSteps(at('before')),
    workloads: [workloads, others.filter((item) => !known.has(item))],
    jobsAfter: inSteps(at('after')),
  };
}

/** Jobs in the order of their weights. */
function inSteps<T extends { readonly object: ReleaseObject }>(jobs: readonly T[]): T[][] {
  const ordered = jobs.map((job) => {
    const { weight, isSequential } = jobOrder(job.object);
    return { job, weight, name: isSequential ? job.object.name : '' };
  }).sort((one, other) => one.weight - other.weight || compare(one.name, other.name));
  const steps = new Map<string, T[]>();
  for (const { job, weight, name } of ordered) steps.set(`${weight}/${name}`, [...steps.get(`${weight}/${name}`) ?? [], job]);
  return [...steps.values()];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** A custom resource with a pod template is a workload, such as a Rollout: its pods must not start before the migrations have ended. */
function isWorkload({ apiVersion, kind, value }: ReleaseObject): boolean {
  if (!isCustom({ apiVersion, kind })) return WORKLOADS.includes(kindName(apiVersion, kind));
  return listAt(value, 'spec', 'template', 'spec', 'containers').length > 0 || fieldAt(value, 'spec', 'workloadRef') !== undefined;
}

/** Custom resources that scale, watch or expose a workload come after it. */
function isCustomBefore(object: ReleaseObject): boolean {
  if (!isCustom(object) || isWorkload(object)) return false;
  const isRoute = /^[A-Z]+Route\.gateway\.networking\.k8s\.io$/.test(kindName(object.apiVersion, object.kind));
  return !isRoute && !TARGETS.some((field) => textAt(object.value, 'spec', field, 'name') !== '');
}

/** Fields that name a workload: of a ScaledObject, a VerticalPodAutoscaler and a Canary. */
const TARGETS = ['scaleTargetRef', 'targetRef'];

function isCustom({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return resourceOf(apiVersion, kind) === undefined;
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
