import { ContainerDefaults, containerDefaultsOf, withContainerDefaults } from './limit-ranges';
import { ResourceRequests, demandOf, sum } from './resource-requests';
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
 * How much a namespace has room for.
 */
export interface QuotaHeadroom {
  readonly quotas: readonly JsonObject[];
  readonly defaults: ContainerDefaults;
}

/**
 * The quotas of a namespace, and what they count for containers that ask for nothing. Without quotas when they may not be seen: then only the
 * server knows.
 */
export async function roomOf(cluster: KubernetesClient, namespace: string): Promise<QuotaHeadroom> {
  const quotas = await quotasOf(cluster, namespace);
  return { quotas, defaults: quotas.length > 0 ? await containerDefaultsOf(cluster, namespace) : { limits: {}, requests: {} } };
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
 * Refuses a release for which the quotas have no room. A dry run finds that out for one object at a time only, and never for pods.
 * Quotas for some of the pods (scopes) are left to the server.
 */
export function checkQuota({ quotas, defaults }: QuotaHeadroom, steps: readonly PlannedChange[]): void {
  const demand = sum(steps.map((step) => demandOf(asAdmitted(step, defaults))));
  const problems = quotas.filter((quota) => !isScoped(quota)).flatMap((quota) => problemsOf(quota, demand));
  if (problems.length === 0) return;
  const fix = 'ask for less, remove what is not needed first, or let an administrator raise it';
  throw new Failure([`the quota of the namespace has no room for this release, so nothing was written; ${fix}`, ...problems].join('\n'), ExitCode.NO);
}

function asAdmitted(step: PlannedChange, defaults: ContainerDefaults): PlannedChange {
  return { ...step, after: withContainerDefaults(step.after, defaults), live: step.live && withContainerDefaults(step.live, defaults) };
}

function isScoped(quota: JsonObject): boolean {
  return listLength(fieldAt(quota, 'spec', 'scopes')) > 0 || fieldAt(quota, 'spec', 'scopeSelector') !== undefined;
}

function listLength(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

/** Sums of decimal fractions are never exact. */
const TOLERANCE = 1 + 1e-9;

function problemsOf(quota: JsonObject, demand: ResourceRequests): string[] {
  const hard = fieldAt(quota, 'status', 'hard') ?? fieldAt(quota, 'spec', 'hard');
  return Object.entries(isObject(hard) ? hard : {}).flatMap(([name, limit]) => {
    const needed = demand.get(name) ?? 0;
    const used = fieldAt(quota, 'status', 'used', name) ?? '0';
    if (needed <= 0 || quantityValue(used) + needed <= quantityValue(limit) * TOLERANCE) return [];
    const [usedText, limitText] = [String(used), String(limit)];
    return [`  ${printableText(`ResourceQuota ${textAt(quota, 'metadata', 'name')}: ${name}: ${usedText} of ${limitText} used, ${inUnit(needed, limitText)} more needed`)}`];
  });
}

/** An amount in the unit of another, so that people can compare them. */
function inUnit(amount: number, other: string): string {
  const unit = /[A-Za-z]+$/.exec(other)?.[0] ?? '';
  const value = amount / quantityValue(`1${unit}`);
  if (unit === '' && !Number.isInteger(amount)) return `${Math.ceil(amount * 1000)}m`;
  return `${Math.round(value * 1000) / 1000}${unit}`;
}
