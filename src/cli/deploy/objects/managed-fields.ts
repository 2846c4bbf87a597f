import { isObject, Json, JsonObject } from '../../../base/json';

/**
 * The fields of an object that a field manager owns, as a tree: `{"f:data":{".":{},"f:key":{}}}`.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields
 */
export type FieldSet = JsonObject;

/** The field managers of other deploy tools. Their fields become ours when an object is adopted. */
export const EARLIER_MANAGERS: ReadonlySet<string> = new Set(['kubectl-client-side-apply', 'kubectl', 'helm', 'kapp']);

/**
 * The fields that a manager has applied, or undefined.
 */
export function appliedFields(live: JsonObject, manager: string): FieldSet | undefined {
  return fieldsOf(entries(live).find(isApplyOf(manager)));
}

/**
 * The first of the managers that has applied the object, or undefined.
 */
export function applierAmong(live: JsonObject, managers: ReadonlySet<string>): string | undefined {
  return entries(live).map(({ manager }) => String(manager)).find((manager) => managers.has(manager) && appliedFields(live, manager) !== undefined);
}

export interface Join {
  readonly from: ReadonlySet<string>;
  readonly into: string;
  /** Whether `into` gives up `spec.replicas`, because an autoscaler sets the number. */
  readonly leavesReplicas?: boolean;
}

const REPLICAS = ['f:spec', 'f:replicas'];

/**
 * The managedFields after the manager `into` has taken over the fields of the managers `from`. Undefined when nothing changes.
 *
 * The next apply then removes fields that its manifest omits. Otherwise they would stay, because an earlier manager still owns them.
 * client-go's csaupgrade does the same.
 *
 * @see https://github.com/kubernetes/client-go/blob/master/util/csaupgrade/upgrade.go
 */
export function joinedManagers(live: JsonObject, { from, into, leavesReplicas = false }: Join): JsonObject[] | undefined {
  const isEarlier = (entry: JsonObject) => from.has(String(entry.manager)) && !entry.subresource;
  const [earlier, others] = [entries(live).filter(isEarlier), entries(live).filter((entry) => !isEarlier(entry))];
  const own = others.find(isApplyOf(into));
  const [first] = [...own ? [own] : [], ...earlier];
  if (!first) return undefined;
  const united = [...own ? [own] : [], ...earlier].map((entry) => fieldsOf(entry) ?? {}).reduce(unite);
  const joined = leavesReplicas ? without(united, REPLICAS) : united;
  if (earlier.length === 0 && joined === united) return undefined;
  return [...others.filter((entry) => entry !== own), { ...first, manager: into, operation: 'Apply', fieldsV1: joined }];
}

/**
 * Whether an apply without `spec.replicas` would reset it to its default: the manager owns the field, or takes it over.
 */
export function ownsReplicas(live: JsonObject, join: Join): boolean {
  return JSON.stringify(joinedManagers(live, { ...join, leavesReplicas: true })) !== JSON.stringify(joinedManagers(live, { ...join, leavesReplicas: false }));
}

/**
 * The part of an object in a set of fields. With the fields that a manager applied, it is the manifest that the manager applied.
 */
export function extract(live: JsonObject, fields: FieldSet): JsonObject {
  const { apiVersion, kind, metadata } = live;
  const extracted = part(live, fields);
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const own = isObject(extracted) ? extracted : {};
  return { apiVersion: apiVersion ?? '', kind: kind ?? '', ...own, metadata: { ...isObject(own.metadata) ? own.metadata : {}, name: name ?? '', namespace: namespace ?? '' } };
}

function entries(live: JsonObject): JsonObject[] {
  const managed = isObject(live.metadata) ? live.metadata.managedFields : undefined;
  return Array.isArray(managed) ? managed.filter(isObject) : [];
}

function isApplyOf(name: string): (entry: JsonObject) => boolean {
  return ({ manager, operation, subresource }) => manager === name && operation === 'Apply' && !subresource;
}

function fieldsOf(entry: JsonObject | undefined): FieldSet | undefined {
  return isObject(entry?.fieldsV1) ? entry.fieldsV1 : undefined;
}

function unite(a: FieldSet, b: FieldSet): FieldSet {
  const both = (key: string): Json => {
    const [one, other] = [a[key], b[key]];
    return isObject(one) && isObject(other) ? unite(one, other) : one ?? other ?? {};
  };
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, both(key)]));
}

/** A set without one field. Its parents stay only when they have other fields: an empty set stands for the whole field. */
function without(set: FieldSet, [key = '', ...below]: readonly string[]): FieldSet {
  const inner = set[key];
  if (!isObject(inner)) return set;
  const rest = below.length === 0 ? {} : without(inner, below);
  if (rest === inner) return set;
  const { [key]: _, ...others } = set;
  return Object.keys(rest).length === 0 ? others : { ...others, [key]: rest };
}

function part(value: Json, fields: FieldSet): Json {
  const below = Object.entries(fields).filter(([key]) => key !== '.');
  // A field without children is whole: a scalar, or an atomic map. With "." alone, the manager owns the map or list but none of its items.
  if (below.length === 0) return '.' in fields ? emptied(value) : value;
  if (isObject(value)) return Object.fromEntries(below.flatMap(([key, inner]) => member(value, key, inner)));
  return Array.isArray(value) ? below.flatMap(([key, inner]) => items(value, key, inner)) : value;
}

function emptied(value: Json): Json {
  if (Array.isArray(value)) return [];
  return isObject(value) ? {} : value;
}

function member(value: JsonObject, key: string, inner: Json): Array<[string, Json]> {
  const name = key.slice('f:'.length);
  const found = value[name];
  return found === undefined || !isObject(inner) ? [] : [[name, part(found, inner)]];
}

/** `k:{"name":"web"}` selects the item with this key, `v:"x"` the item with this value. */
function items(list: Json[], key: string, inner: Json): Json[] {
  const wanted = JSON.parse(key.slice('k:'.length)) as Json;
  if (key.startsWith('v:')) return list.includes(wanted) ? [wanted] : [];
  const keys = isObject(wanted) ? wanted : {};
  return list.filter((item) => isObject(item) && Object.entries(keys).every(([name, value]) => item[name] === value))
    .map((item) => ({ ...keys, ...part(item, isObject(inner) ? inner : {}) as JsonObject }));
}
