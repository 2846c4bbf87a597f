import { isObject, Json, JsonObject } from '../base/json';

/**
 * A field that gives an object the rights of a ServiceAccount of its namespace.
 */
export interface ServiceAccountUse {
  /** The name of the ServiceAccount. */
  readonly account: string;
  /** The path of the field: `spec.template.spec.serviceAccountName`. */
  readonly field: string;
}

/** The type of Secrets into which the cluster writes a token that never expires. */
export const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token';

/** Kubernetes' annotation that names the ServiceAccount of a token Secret. */
export const TOKEN_ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

/** Fields that hold no pod: what Kubernetes or a controller writes, and the content of ConfigMaps and Secrets. */
const OPAQUE_FIELDS = new Set(['metadata', 'status', 'data', 'stringData', 'subjects']);

/** The fields of pods, and those of custom resources. `serviceAccount` is the old name of a pod's `serviceAccountName`. */
const ACCOUNT_FIELDS = new Set(['serviceAccountName', 'serviceAccount', 'serviceAccountRef']);

/**
 * Finds the ServiceAccounts that an object of any kind uses: those of its pods, at any depth and in custom resources, and that of a token Secret.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
 */
export function serviceAccountUses(object: JsonObject): ServiceAccountUse[] {
  return [...tokenSecretUse(object), ...usesWithin(object, '')];
}

/**
 * The user name of a ServiceAccount.
 */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

function tokenSecretUse({ apiVersion, kind, type, metadata }: JsonObject): ServiceAccountUse[] {
  if (apiVersion !== 'v1' || kind !== 'Secret' || type !== TOKEN_SECRET_TYPE) return [];
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {};
  const account = annotations[TOKEN_ACCOUNT_ANNOTATION];
  return typeof account === 'string' ? [{ account, field: `metadata.annotations["${TOKEN_ACCOUNT_ANNOTATION}"]` }] : [];
}

function usesWithin(value: Json, path: string): ServiceAccountUse[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => usesWithin(item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (OPAQUE_FIELDS.has(key)) return [];
    const field = path === '' ? key : `${path}.${key}`;
    return ACCOUNT_FIELDS.has(key) ? [...usesOfField(item, field), ...usesWithin(item, field)] : usesWithin(item, field);
  });
}

/** A custom resource may name the account in an object: `serviceAccountRef: { name: x }`. */
function usesOfField(value: Json, field: string): ServiceAccountUse[] {
  if (typeof value === 'string' && value !== '') return [{ account: value, field }];
  return isObject(value) && typeof value.name === 'string' ? [{ account: value.name, field: `${field}.name` }] : [];
}
