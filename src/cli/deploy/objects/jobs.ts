import { isTrue } from './fields';
import type { Target } from './targets';
import { isObject, JsonObject } from '../../../base/json';
import { kindName } from '../../../kubernetes/kinds';
import { replacingName } from '../../../release/deploy-rights';
import type { KubernetesClient } from '../../cluster/kubernetes-client';
import { ApiError, isAccessDenied } from '../../cluster/status';

/**
 * Whether it is a Job, which runs once: it is never applied again to bring an earlier release back.
 */
export function isJob({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return kindName(apiVersion, kind) === 'Job.batch';
}

/**
 * Whether a Job is not what it was asked to be and will not become it: its template is another one, which cannot change, or it has failed.
 */
export function isToBeReplaced(live: JsonObject, error?: ApiError): boolean {
  return error === undefined ? isTrue(live, 'Failed') : error.code === 422 && /field is immutable/.test(error.status.message ?? '');
}

/**
 * Whether nothing of a Job runs any more.
 */
export function hasEnded(live: JsonObject): boolean {
  return isTrue(live, 'Complete') || isTrue(live, 'Failed');
}

/**
 * Whether the server makes a field of a Job anew for each.
 */
export function isGenerated(field: string): boolean {
  return /^spec\.selector\b|^(?:spec\.template\.)?metadata\.labels\..*(?:controller-uid|job-name)$/.test(field);
}

/**
 * Lets the server check a Job that will take the place of the one of its name: under another name, as if it was applied. Who may only write
 * Jobs of certain names cannot ask that; then it is checked when it is applied.
 *
 * @returns What will be there, or the server's no.
 */
export async function checkReplacement(
  cluster: KubernetesClient, { object, path, applied }: Target, fieldManager: string,
): Promise<JsonObject | ApiError> {
  const name = replacingName(object.name);
  const named = (value: JsonObject, its: string) => ({ ...value, metadata: { ...isObject(value.metadata) ? value.metadata : {}, name: its } });
  try {
    return named(await cluster.apply(path.replace(/[^/]+$/, name), named(applied, name), { dryRun: true, fieldManager }), object.name);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.code === 403 && isAccessDenied(error.code, error.status) ? applied : error;
  }
}
