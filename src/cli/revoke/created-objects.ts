import { isObject, JsonObject } from '../../base/json';
import { TOKEN_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE } from '../../kubernetes/service-accounts';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { collectionPath } from '../cluster/paths';

/**
 * An object to review after a compromise.
 */
export interface CreatedObject {
  readonly kind: string;
  readonly name: string;
  /** The creation time, as the API server wrote it. */
  readonly created: string;
  /** The effect of the object: `ClusterRole admin to ServiceAccount other/x`. */
  readonly says: string;
}

/**
 * Lists the objects that keep access alive after the credential is revoked: RoleBindings, Roles, ServiceAccounts, token Secrets and CronJobs.
 *
 * @param since Skips older objects: an RFC 3339 time. Without it, lists all objects.
 */
export async function objectsCreatedSince(cluster: KubernetesClient, namespace: string, since: string | undefined): Promise<CreatedObject[]> {
  const lists = await Promise.all(KINDS.map(async ({ kind, effect, group, version, resource }) => {
    const { items } = await cluster.get(collectionPath({ group, version, resource, namespace }));
    return (Array.isArray(items) ? items : []).filter(isObject).flatMap((object) => createdObject(kind, effect, object));
  }));
  return lists.flat().filter(({ created }) => since === undefined || Date.parse(created) >= Date.parse(since));
}

interface ReviewedKind {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Describes the effect of an object. Returns nothing for a harmless object. */
  readonly effect: (object: JsonObject) => string | undefined;
}

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };

const KINDS: readonly ReviewedKind[] = [
  { kind: 'RoleBinding', ...RBAC, resource: 'rolebindings', effect: bindingEffect },
  { kind: 'Role', ...RBAC, resource: 'roles', effect: ({ rules }) => `${Array.isArray(rules) ? rules.length : 0} rules` },
  {
    kind: 'ServiceAccount',
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    effect: (object) => (nameOf(object) === 'default' ? undefined : 'may have tokens'),
  },
  { kind: 'Secret', group: '', version: 'v1', resource: 'secrets', effect: secretEffect },
  { kind: 'CronJob', group: 'batch', version: 'v1', resource: 'cronjobs', effect: ({ spec }) => `runs ${fieldText(spec, 'schedule')}` },
];

function createdObject(kind: string, effect: ReviewedKind['effect'], object: JsonObject): CreatedObject[] {
  const says = effect(object);
  return says === undefined ? [] : [{ kind, name: nameOf(object), created: fieldText(object.metadata, 'creationTimestamp'), says }];
}

/**
 * The role that a binding gives, and to whom: `ClusterRole admin to ServiceAccount other/x`.
 */
export function bindingEffect({ roleRef, subjects }: JsonObject): string {
  const names = (Array.isArray(subjects) ? subjects : []).map((subject) =>
    [fieldText(subject, 'kind'), [fieldText(subject, 'namespace'), fieldText(subject, 'name')].filter(Boolean).join('/')].join(' '));
  return `${fieldText(roleRef, 'kind')} ${fieldText(roleRef, 'name')} to ${names.join(', ') || 'nobody'}`;
}

function secretEffect(secret: JsonObject): string | undefined {
  if (secret.type !== TOKEN_SECRET_TYPE) return undefined;
  return `a token of ServiceAccount ${fieldText(metadataOf(secret).annotations, TOKEN_ACCOUNT_ANNOTATION)} that never expires`;
}

function nameOf({ metadata }: JsonObject): string {
  return fieldText(metadata, 'name');
}

/** The metadata of an object, as an administrator's API server wrote them. */
export function metadataOf({ metadata }: JsonObject): JsonObject {
  return isObject(metadata) ? metadata : {};
}

/** A text in an object, or an empty text when the field is missing. */
export function fieldText(object: unknown, key: string): string {
  const value = typeof object === 'object' && object !== null ? Reflect.get(object, key) : undefined;
  return typeof value === 'string' ? value : '';
}
