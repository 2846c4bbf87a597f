import { isObject, Json } from '../../../base/json';
import type { ReleaseObject } from '../objects/release';

/**
 * The Secrets that the pods of a release pull with: a pod template of any kind, or a ServiceAccount, names them in `imagePullSecrets`.
 */
export function pullSecretsIn(objects: readonly ReleaseObject[]): ReadonlySet<string> {
  return new Set(objects.flatMap(({ value }) => namesIn(value)));
}

function namesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value)) return [];
  const { imagePullSecrets, ...rest } = value;
  const references = Array.isArray(imagePullSecrets) ? imagePullSecrets : [];
  const names = references.flatMap((item) => (isObject(item) && typeof item.name === 'string' ? [item.name] : []));
  return [...names, ...Object.values(rest).flatMap(namesIn)];
}
