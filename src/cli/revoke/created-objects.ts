import { isObject, JsonObject } from '../../base/json';
import type { KubernetesClient } from '../cluster/kubernetes-client';
import { collectionPath } from '../cluster/paths';
import { TOKEN_ACCOUNT_ANNOTATION } from '../credentials/credential-store';

/**
 * An object that someone should look at.
 */
export interface CreatedObject {
  readonly kind: string;
  readonly name: string;
  /** As the API server wrote it. */
  readonly created: string;
  /** Whom or what it gives something: `ClusterRole admin to ServiceAccount other/x`. */
  readonly says: string;
}

/**
 * What outlives the credential of a deployer that someone else had: rights that were given away, accounts, tokens in Secrets, and what starts by itself.
 *
 * @param since Leave out what is older: an RFC 3339 time, or nothing when it is not known.
 */
export async function objectsCreatedSince(cluster: KubernetesClient, namespace: string, since: string | undefined): Promise<CreatedObject[]> {
  const lists = await Promise.all(KINDS.map(async ({ kind, says, group, version, resource }) => {
    const { items } = await cluster.get(collectionPath({ group, version, resource, namespace }));
    return (Array.isArray(items) ? items : []).filter(isObject).flatMap((object) => made(kind, says, object));
  }));
  return lists.flat().filter(({ created }) => since === undefined || Date.parse(created) >= Date.parse(since));
}

interface Reviewed {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Nothing for objects of the kind that are of no interest. */
  readonly says: (object: JsonObject) => string | undefined;
}

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' };

const KINDS: readonly Reviewed[] = [
  { kind: 'RoleBinding', ...RBAC, resource: 'rolebindings', says: bindingInWords },
  { kind: 'Role', ...RBAC, resource: 'roles', says: ({ rules }) => `${Array.isArray(rules) ? rules.length : 0} rules` },
  { kind: 'ServiceAccount', group: '', version: 'v1', resource: 'serviceaccounts', says: (object) => (nameOf(object) === 'default' ? undefined : 'tokens of it may have been made') },
  { kind: 'Secret', group: '', version: 'v1', resource: 'secrets', says: tokenInWords },
  { kind: 'CronJob', group: 'batch', version: 'v1', resource: 'cronjobs', says: ({ spec }) => `runs ${text(spec, 'schedule')}` },
];

function made(kind: string, says: Reviewed['says'], object: JsonObject): CreatedObject[] {
  const words = says(object);
  return words === undefined ? [] : [{ kind, name: nameOf(object), created: text(object.metadata, 'creationTimestamp'), says: words }];
}

function bindingInWords({ roleRef, subjects }: JsonObject): string {
  const to = (Array.isArray(subjects) ? subjects : []).map((subject) => [text(subject, 'kind'), [text(subject, 'namespace'), text(subject, 'name')].filter(Boolean).join('/')].join(' '));
  return `${text(roleRef, 'kind')} ${text(roleRef, 'name')} to ${to.join(', ') || 'nobody'}`;
}

function tokenInWords(secret: JsonObject): string | undefined {
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
