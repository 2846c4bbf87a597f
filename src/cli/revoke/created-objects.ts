import { isObject, JsonObject } from '../../base/json';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { collectionPath } from '../cluster/paths';
import { TOKEN_ACCOUNT_ANNOTATION } from '../credentials/credential-store';

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
  { kind: 'CronJob', group: 'batch', version: 'v1', resource: 'cronjobs', effect: ({ spec }) => `runs ${text(spec, 'schedule')}` },
];

function createdObject(kind: string, effect: ReviewedKind['effect'], object: JsonObject): CreatedObject[] {
  const says = effect(object);
  return says === undefined ? [] : [{ kind, name: nameOf(object), created: text(object.metadata, 'creationTimestamp'), says }];
}

function bindingEffect({ roleRef, subjects }: JsonObject): string {
  const names = (Array.isArray(subjects) ? subjects : []).map((subject) =>
    [text(subject, 'kind'), [text(subject, 'namespace'), text(subject, 'name')].filter(Boolean).join('/')].join(' '));
  return `${text(roleRef, 'kind')} ${text(roleRef, 'name')} to ${names.join(', ') || 'nobody'}`;
}

function secretEffect(secret: JsonObject): string | undefined {
  if (secret.type !== 'kubernetes.io/service-account-token') return undefined;
  const annotations = isObject(secret.metadata) ? secret.metadata.annotations : undefined;
  return `a token of ServiceAccount ${text(annotations, TOKEN_ACCOUNT_ANNOTATION)} that never expires`;
}

function nameOf({ metadata }: JsonObject): string {
  return text(metadata, 'name');
}

function text(object: unknown, key: string): string {
  const value = typeof object === 'object' && object !== null ? Reflect.get(object, key) : undefined;
  return typeof value === 'string' ? value : '';
}
