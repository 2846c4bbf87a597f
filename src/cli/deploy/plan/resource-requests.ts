import { isObject, Json, JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { quantityValue } from '../../../kubernetes/quantity';
import { fieldAt, listAt, numberAt, textAt } from '../objects/fields';
import type { PlannedChange } from '../objects/planned-change';

/**
 * Amounts by the names that quotas have for them: `pods`, `requests.cpu`, `count/deployments.apps`.
 */
export type ResourceRequests = ReadonlyMap<string, number>;

/**
 * The additional amounts that a change requests: for new objects, and for the pods of workloads.
 *
 * A rolling update requests one more pod for a while, unless it may take a pod away first.
 */
export function requestsOf(change: PlannedChange): ResourceRequests {
  const { action, live, after } = change;
  if (action === 'keep') return new Map();
  if (action === 'replace') return podsOf(after);
  if (!live) return sum([objectRequests(change), podsOf(after)]);
  const more = difference(podsOf(after), podsOf(live));
  return surges(after) && differs(live, after) ? maximum(more, podRequests(templateOf(after))) : more;
}

export function sum(requests: readonly ResourceRequests[]): ResourceRequests {
  const total = new Map<string, number>();
  for (const one of requests) for (const [name, amount] of one) total.set(name, (total.get(name) ?? 0) + amount);
  return total;
}

/** The amounts that quotas count for the object itself. */
function objectRequests({ object: { apiVersion, kind }, resource, after }: PlannedChange): ResourceRequests {
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  // `podsOf` counts pods.
  if (kind === 'Pod' && group === '') return new Map();
  const counts = [[`count/${resource}${group}`, 1] as [string, number]];
  if (group === '') counts.push([resource, 1]);
  const type = kind === 'Service' ? textAt(after, 'spec', 'type') : '';
  if (type === 'LoadBalancer') counts.push(['services.loadbalancers', 1]);
  if (type === 'LoadBalancer' || type === 'NodePort') counts.push(['services.nodeports', listAt(after, 'spec', 'ports').length]);
  if (kind === 'PersistentVolumeClaim') counts.push(['requests.storage', quantityValue(fieldAt(after, 'spec', 'resources', 'requests', 'storage'))]);
  return new Map(counts);
}

function podsOf(object: JsonObject): ResourceRequests {
  const pods = podCount(object);
  return new Map([...podRequests(templateOf(object))].map(([name, amount]) => [name, amount * pods]));
}

function podCount(object: JsonObject): number {
  switch (kindName(textAt(object, 'apiVersion'), textAt(object, 'kind'))) {
    case 'Deployment.apps':
    case 'StatefulSet.apps':
    case 'ReplicaSet.apps': return numberAt(object, 'spec', 'replicas') ?? 1;
    case 'Job.batch': return Math.min(numberAt(object, 'spec', 'parallelism') ?? 1, numberAt(object, 'spec', 'completions') ?? Infinity);
    case 'DaemonSet.apps': return numberAt(object, 'status', 'desiredNumberScheduled') ?? 0;
    case 'Pod': return 1;
    default: return 0;
  }
}

function templateOf(object: JsonObject): JsonObject {
  const spec = textAt(object, 'kind') === 'Pod' ? object.spec : fieldAt(object, 'spec', 'template', 'spec');
  return isObject(spec) ? spec : {};
}

/** Containers and sidecars run at the same time. Each other init container runs alone before them. */
function podRequests(pod: JsonObject): ResourceRequests {
  const isSidecar = (container: JsonObject) => container.restartPolicy === 'Always';
  const init = listAt(pod, 'initContainers');
  const together = sum([...listAt(pod, 'containers'), ...init.filter(isSidecar)].map(containerRequests));
  const needed = init.filter((container) => !isSidecar(container)).map(containerRequests).reduce(maximum, together);
  return new Map([['pods', 1], ['count/pods', 1], ...needed]);
}

function containerRequests(container: JsonObject): ResourceRequests {
  const limits = amounts(fieldAt(container, 'resources', 'limits'));
  // A container without a request requests its limit.
  const requests = new Map([...limits, ...amounts(fieldAt(container, 'resources', 'requests'))]);
  return new Map([
    ...[...requests].flatMap(([name, amount]) => [[`requests.${name}`, amount], ...SHORT.has(name) ? [[name, amount]] : []] as Array<[string, number]>),
    ...[...limits].map(([name, amount]) => [`limits.${name}`, amount] as [string, number]),
  ]);
}

/** A quota for `cpu` counts requests of cpu. */
const SHORT = new Set(['cpu', 'memory', 'ephemeral-storage']);

function amounts(value: Json | undefined): Map<string, number> {
  return new Map(Object.entries(isObject(value) ? value : {}).map(([name, quantity]) => [name, quantityValue(quantity)]));
}

function differs(live: JsonObject, after: JsonObject): boolean {
  return JSON.stringify(fieldAt(live, 'spec', 'template')) !== JSON.stringify(fieldAt(after, 'spec', 'template'));
}

function surges(object: JsonObject): boolean {
  if (textAt(object, 'kind') !== 'Deployment' || fieldAt(object, 'spec', 'strategy', 'type') === 'Recreate') return false;
  const unavailable = String(fieldAt(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%');
  const most = unavailable.endsWith('%') ? Math.floor(podCount(object) * parseFloat(unavailable) / 100) : Number(unavailable);
  return most < 1;
}

function difference(a: ResourceRequests, b: ResourceRequests): ResourceRequests {
  return new Map([...a].map(([name, amount]) => [name, amount - (b.get(name) ?? 0)]));
}

function maximum(a: ResourceRequests, b: ResourceRequests): ResourceRequests {
  return new Map([...new Set([...a.keys(), ...b.keys()])].map((name) => [name, Math.max(a.get(name) ?? 0, b.get(name) ?? 0)]));
}
