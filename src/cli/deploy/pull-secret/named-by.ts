import { isObject, Json } from '../../../private/json';
import type { ReleaseObject } from '../release';

/**
 * Whether a release has something whose pods pull with a Secret: a pod template of any kind, or a ServiceAccount, that names it in `imagePullSecrets`.
 */
export function isNamedBy(objects: readonly ReleaseObject[], secret: string): boolean {
  return objects.some(({ value }) => hasPullSecret(value, secret));
}

function hasPullSecret(value: Json, secret: string): boolean {
  if (Array.isArray(value)) return value.some((item) => hasPullSecret(item, secret));
  if (!isObject(value)) return false;
  const { imagePullSecrets, ...rest } = value;
  const isNamed = Array.isArray(imagePullSecrets) && imagePullSecrets.some((item) => isObject(item) && item.name === secret);
  return isNamed || Object.values(rest).some((item) => hasPullSecret(item, secret));
}
