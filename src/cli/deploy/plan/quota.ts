import { requestsOf, ResourceRequests, sum } from './resource-requests';
import { isObject, Json, JsonObject } from '../../../base/json';
import { printableText } from '../../../base/printable';
import { quantityValue } from '../../../kubernetes/quantity';
import { ExitCode } from '../../base/exit-code';
import { Failure } from '../../base/failure';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { ApiError } from '../../cluster/status';
import { fieldAt, listAt, textAt } from '../objects/fields';
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
