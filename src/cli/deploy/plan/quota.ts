import { isObject, Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { kindName } from '../../../kubernetes/kinds';
import { quantityValue } from '../../../kubernetes/quantity';
import { ExitCode, Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { fieldAt, listAt, numberAt, textAt } from '../objects/fields';
import type { PlannedChange } from '../objects/planned-change';

/**
 * The ResourceQuotas of a namespace, and the defaults of its containers.
 */
export interface QuotaHeadroom {
  readonly quotas: readonly JsonObject[];
  readonly defaults: ContainerDefaults;
}

/**
 * Reads the quotas of a namespace, and the defaults that count for containers without requests. When the credential may not read quotas, there are
 * none: then only the server checks them.
 */
export async function readHeadroom(cluster: KubernetesClient, namespace: string): Promise<QuotaHeadroom> {
  const quotas = await quotasOf(cluster, namespace);
  return { quotas, defaults: quotas.length > 0 ? await readContainerDefaults(cluster, namespace) : { limits: {}, requests: {} } };
}

async function quotasOf(cluster: KubernetesClient, namespace: string): Promise<JsonObject[]> {
  try {
    const list = await cluster.get(collectionPath({ group: '', version: 'v1', resource: 'resourcequotas', namespace }));
    return listAt(list, 'items');
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return [];
    throw error;
  }
}

/**
 * Checks that the quotas allow the whole release. A dry run checks one object at a time, and never its pods. Only the server checks quotas with
 * scopes, which count some of the pods.
 *
 * @throws `Failure` with each quota that the release would exceed.
 */
export function checkQuota({ quotas, defaults }: QuotaHeadroom, changes: readonly PlannedChange[]): void {
  const needed = sum(changes.map((change) => requestsOf(asAdmitted(change, defaults))));
  const problems = quotas.filter((quota) => !isScoped(quota)).flatMap((quota) => problemsOf(quota, needed));
  if (problems.length === 0) return;
  const fix = 'request less, delete objects that are not needed, or let an administrator raise the quota';
  throw new Failure([`the quota of the namespace has no room for this release, so nothing was written; ${fix}`, ...problems].join('\n'), ExitCode.NO);
}

function asAdmitted(change: PlannedChange, defaults: ContainerDefaults): PlannedChange {
  return { ...change, after: withContainerDefaults(change.after, defaults), live: change.live && withContainerDefaults(change.live, defaults) };
}

function isScoped(quota: JsonObject): boolean {
  return listLength(fieldAt(quota, 'spec', 'scopes')) > 0 || fieldAt(quota, 'spec', 'scopeSelector') !== undefined;
}

function listLength(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

/** Sums of decimal fractions are not exact. */
const TOLERANCE = 1 + 1e-9;

function problemsOf(quota: JsonObject, requests: ResourceRequests): string[] {
  const hard = fieldAt(quota, 'status', 'hard') ?? fieldAt(quota, 'spec', 'hard');
  return Object.entries(isObject(hard) ? hard : {}).flatMap(([name, limit]) => {
    const needed = requests.get(name) ?? 0;
    const used = fieldAt(quota, 'status', 'used', name) ?? '0';
    if (needed <= 0 || quantityValue(used) + needed <= quantityValue(limit) * TOLERANCE) return [];
    const [usedText, limitText] = [String(used), String(limit)];
    return [`  ${printableText(`ResourceQuota ${textAt(quota, 'metadata', 'name')}: ${name}: ${usedText} of ${limitText} used, ${inUnit(needed, limitText)} more needed`)}`];
  });
}

/** An amount in the unit of another amount, so that people can compare them. */
function inUnit(amount: number, other: string): string {
  const unit = /[A-Za-z]+$/.exec(other)?.[0] ?? '';
  const value = amount / quantityValue(`1${unit}`);
  if (unit === '' && !Number.isInteger(amount)) return `${Math.ceil(amount * 1000)}m`;
  return `${Math.round(value * 1000) / 1000}${unit}`;
}

/**
 * The limits and requests of containers that have none, by the LimitRanges of a namespace.
 */
export interface ContainerDefaults {
  readonly limits: JsonObject;
  readonly requests: JsonObject;
}

/** No defaults when the credential may not read LimitRanges. */
async function readContainerDefaults(cluster: KubernetesClient, namespace: string): Promise<ContainerDefaults> {
  try {
    return containerDefaults(listAt(await cluster.get(collectionPath({ group: '', version: 'v1', resource: 'limitranges', namespace })), 'items'));
  } catch (error) {
    if (error instanceof ApiError && error.code === 403) return containerDefaults([]);
    throw error;
  }
}

/**
 * The first LimitRange with a value counts. The server writes `max` and `min` as defaults into a LimitRange when it is created.
 */
export function containerDefaults(limitRanges: readonly JsonObject[]): ContainerDefaults {
  const items = limitRanges.flatMap((range) => listAt(range, 'spec', 'limits')).filter(({ type }) => type === 'Container');
  return { limits: united(items.map((item) => item.default)), requests: united(items.map((item) => item.defaultRequest)) };
}

/**
 * An object with the defaults in its pod template. A dry run does not show them: admission adds defaults to pods, not to templates.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go
 */
export function withContainerDefaults(object: JsonObject, defaults: ContainerDefaults): JsonObject {
  const { spec } = object;
  if (!isObject(spec)) return object;
  if (object.kind === 'Pod') return { ...object, spec: filled(spec, defaults) };
  const { template } = spec;
  if (!isObject(template) || !isObject(template.spec)) return object;
  return { ...object, spec: { ...spec, template: { ...template, spec: filled(template.spec, defaults) } } };
}

function filled(pod: JsonObject, defaults: ContainerDefaults): JsonObject {
  const lists = ['containers', 'initContainers'].filter((list) => Array.isArray(pod[list]));
  return { ...pod, ...Object.fromEntries(lists.map((list) => [list, listAt(pod, list).map((container) => filledContainer(container, defaults))])) };
}

/** A container with a limit and no request requests its limit. */
function filledContainer(container: JsonObject, { limits, requests }: ContainerDefaults): JsonObject {
  const own = { limits: mapAt(container, 'limits'), requests: mapAt(container, 'requests') };
  return { ...container, resources: { limits: { ...limits, ...own.limits }, requests: { ...requests, ...own.limits, ...own.requests } } };
}

function mapAt(container: JsonObject, name: string): JsonObject {
  const value = fieldAt(container, 'resources', name);
  return isObject(value) ? value : {};
}

function united(maps: ReadonlyArray<Json | undefined>): JsonObject {
  return Object.assign({}, ...[...maps].reverse().filter(isObject)) as JsonObject;
}

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
