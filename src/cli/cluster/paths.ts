import { isObject, JsonObject } from '../../base/json';
import { userError, show } from '../../base/user-error';
import { kindName, parseApiVersion, resourceOf, scopeOf } from '../../kubernetes/kinds';

/**
 * A collection of objects: in one namespace, in all namespaces, or cluster-scoped.
 */
export interface CollectionReference {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural: `deployments`. */
  readonly resource: string;
  readonly namespace?: string;
}

/**
 * An object or its subresource.
 */
export interface ObjectReference extends CollectionReference {
  readonly name: string;
  /** `token` of a ServiceAccount, `log` of a Pod. */
  readonly subresource?: string;
}

/**
 * The path of a collection, for lists, watches and creation.
 */
export function collectionPath({ group, version, resource, namespace }: CollectionReference): string {
  const inNamespace = namespace === undefined ? [] : ['namespaces', namespace];
  return pathOf([...group === '' ? ['api'] : ['apis', group], version, ...inNamespace, resource]);
}

/**
 * The path of an object or its subresource.
 */
export function objectPath({ name, subresource, ...collection }: ObjectReference): string {
  return `${collectionPath(collection)}${pathOf(subresource === undefined ? [name] : [name, subresource])}`;
}

/**
 * The path of an object in a manifest.
 *
 * @param namespace The namespace of objects without `metadata.namespace`.
 * @throws `UserError` for kinds of custom resources, whose plural is unknown.
 */
export function pathOfObject(object: JsonObject, namespace?: string): string {
  const { apiVersion, kind, metadata } = object;
  const meta = isObject(metadata) ? metadata : {};
  const { group, version } = parseApiVersion(String(apiVersion));
  const name = String(meta.name ?? '');
  const scope = scopeOf(String(apiVersion), String(kind));
  const resource = resourceOf(String(apiVersion), String(kind))?.resource ?? clusterResource(String(kind));
  if (scope === 'unknown') {
    throw userError({ given: `the kind ${show(kindName(String(apiVersion), String(kind)))} is not known`, expected: 'a kind of Kubernetes itself', fix: 'apply it with kubectl' });
  }
  const place = scope === 'namespace' ? { namespace: String(meta.namespace ?? namespace ?? '') } : {};
  return objectPath({ group, version, resource, name, ...place });
}

/**
 * Describes a request like kubectl does: `delete secrets example in ns1`. The parts of the path stay percent-encoded, so they are safe to print.
 */
export function describeRequest(method: string, path: string): string {
  const [, ...segments] = path.split('/');
  const rest = segments.slice(segments[0] === 'api' ? 2 : 3);
  const namespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name, ...subresource] = namespaced ? rest.slice(2) : rest;
  const what = [resource, ...subresource].join('/');
  if (!['api', 'apis'].includes(segments[0] ?? '') || resource === '') return `${method.toLowerCase()} ${path}`;
  return [verbOf(method, name), what, ...name === undefined ? [] : [name], ...namespaced ? ['in', rest[1]] : []].join(' ');
}

/** These rules give the plurals of all cluster-scoped kinds of Kubernetes. */
function clusterResource(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

function verbOf(method: string, name: string | undefined): string {
  switch (method) {
    case 'POST': return 'create';
    case 'GET': return name === undefined ? 'list' : 'get';
    default: return method.toLowerCase();
  }
}

function pathOf(segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeSegment(segment)}`).join('');
}

/**
 * `.`, `..` and `/` lead to another path, even percent-encoded: the API server decodes `pods%2Fexec`. No name has `/` or `%`.
 * An unpaired surrogate cannot be encoded.
 */
function encodeSegment(segment: string): string {
  if (!['', '.', '..'].includes(segment) && !/[/%]|\p{Surrogate}/u.test(segment)) return encodeURIComponent(segment);
  throw userError({ given: `the name ${show(segment)}`, expected: 'the name of an object', fix: 'use lower-case letters, digits, `-` and `.`, such as `my-app`' });
}
