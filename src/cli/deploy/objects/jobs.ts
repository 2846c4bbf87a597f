import { isTrue, textAt } from './fields';
import type { ReleaseObject } from './release';
import type { Target } from './targets';
import { isObject, JsonObject } from '../../../base/json';
import { Hook, hookOf } from '../../../kubernetes/hooks';
import { kindName } from '../../../kubernetes/kinds';
import { replacingName } from '../../../release/release-names';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { ApiError, isAccessDenied } from '../../cluster/status';

/**
 * The annotation of a Job that must complete before any workload is applied, such as a database migration.
 */
export const BEFORE_WORKLOADS = 'cdk8s-ci-deploy/before-workloads';

/**
 * When a Job runs: by the annotation `BEFORE_WORKLOADS`, or as a hook of Helm or Argo CD. Other objects, and other Jobs, are applied with the workloads.
 */
export function jobOrder(object: ReleaseObject): Pick<Hook, 'place' | 'weight' | 'isSequential'> {
  const order = hookOfJob(object) ?? { place: 'with', weight: 0, isSequential: false };
  return textAt(object.value, 'metadata', 'annotations', BEFORE_WORKLOADS) === 'true' ? { ...order, place: 'before' } : order;
}

/**
 * The hook that a Job is. A hook runs with each deployment, even when it has not changed.
 */
export function hookOfJob(object: ReleaseObject): Hook | undefined {
  const { metadata } = object.value;
  return isJob(object) && isObject(metadata) ? hookOf(metadata) : undefined;
}

/**
 * Whether an object is a Job. A Job runs once, so a rollback never applies it again.
 */
export function isJob({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return kindName(apiVersion, kind) === 'Job.batch';
}

/**
 * Whether a Job must be deleted and created again: it has failed, it is a hook, or its immutable template differs.
 *
 * @param error The error of a dry run, if it failed.
 */
export function isToBeReplaced(object: ReleaseObject, live: JsonObject, error?: ApiError): boolean {
  return error === undefined ? isTrue(live, 'Failed') || hookOfJob(object) !== undefined : error.code === 422 && /field is immutable/.test(error.status.message ?? '');
}

/**
 * Whether a Job has completed or failed, so that none of its pods runs.
 */
export function hasEnded(live: JsonObject): boolean {
  return isTrue(live, 'Complete') || isTrue(live, 'Failed');
}

/**
 * Whether the server generates a field anew for each Job.
 */
export function isGenerated(field: string): boolean {
  return /^spec\.selector\b|^(?:spec\.template\.)?metadata\.labels\..*(?:controller-uid|job-name)$/.test(field);
}

/**
 * Checks a Job that replaces another one of its name: a dry run of the apply, under a free name.
 *
 * A credential that may only write Jobs of certain names cannot do that. The server then checks the Job when it is applied.
 *
 * @returns The Job as the server would store it, or the server's error.
 */
export async function checkReplacement(
  cluster: KubernetesClient, { object, path, applied }: Target, fieldManager: string,
): Promise<JsonObject | ApiError> {
  const freeName = replacingName(object.name);
  const named = (value: JsonObject, name: string) => ({ ...value, metadata: { ...isObject(value.metadata) ? value.metadata : {}, name } });
  try {
    return named(await cluster.apply(path.replace(/[^/]+$/, freeName), named(applied, freeName), { dryRun: true, fieldManager }), object.name);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.code === 403 && isAccessDenied(error.code, error.status) ? applied : error;
  }
}
