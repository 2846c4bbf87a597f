import { isObject, Json, JsonObject } from '../../../base/json';

/**
 * The fields of an object that a field manager owns, as a tree: `{"f:data":{".":{},"f:key":{}}}`.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields
 */
export type FieldSet = JsonObject;

/**
 * The field managers of other deploy tools. The names are exact, but for those that end with a version or a random suffix.
 *
 * `before-first-apply` owns the fields of objects that are older than managed fields. Helm before 3.5 wrote `Go-http-client`, which any program may
 * be: it is not in the table.
 *
 * @see https://github.com/kubernetes/kubectl/tree/master/pkg/cmd (`AddFieldManagerFlagVar`; commands without it write `kubectl`)
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/managedfields/internal/skipnonapplied.go (`before-first-apply`)
 * @see https://github.com/helm/helm/blob/main/pkg/kube/client.go (`getManagedFieldsManager`: the name of the program)
 * @see https://github.com/hashicorp/terraform-provider-kubernetes/blob/main/kubernetes/provider.go (`defaultFieldManagerName`, `UserAgent`)
 * @see https://github.com/argoproj/argo-cd/blob/master/common/common.go (`ArgoCDSSAManager`; Roles: argo-cd#20815)
 * @see https://github.com/fluxcd/kustomize-controller/blob/main/main.go, https://github.com/fluxcd/helm-controller/blob/main/main.go (`controllerName`)
 * @see https://github.com/carvel-dev/kapp/tree/develop/pkg/kapp/cmd (`--ssa-field-manager`; otherwise the name of the program)
 * @see https://github.com/pulumi/pulumi-kubernetes/pull/2271
 */
const DEPLOY_TOOLS: ReadonlyMap<string, RegExp> = new Map([
  ['kubectl', /^kubectl(?:-(?:annotate|autoscale|client-side-apply|create|edit|expose|label|last-applied|patch|replace|rollout|run|set))?$/],
  ['older than managed fields', /^before-first-apply$/],
  ['Helm', /^helm$/],
  ['Terraform', /^(?:Terraform|HashiCorp|terraform-provider-\S+)$/],
  ['Argo CD', /^argocd-(?:controller|application-controller)$/],
  ['Flux', /^(?:kustomize-controller|helm-controller)$/],
  ['kapp', /^kapp(?:-server-side-apply)?$/],
  ['Pulumi', /^pulumi-kubernetes(?:-[0-9a-f]+)?$/],
]);

/**
 * Whether a field manager is a deploy tool. Its fields become ours when an object is adopted.
 */
export function isDeployTool(manager: string): boolean {
  // On Windows, the name of the program is the manager.
  const name = manager.replace(/\.exe$/, '');
  return [...DEPLOY_TOOLS.values()].some((pattern) => pattern.test(name));
}

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

/**
 * A change of field managers before an apply.
 */
export interface Join {
  /** Earlier managers of the same application. */
  readonly from: ReadonlySet<string>;
  /** Whether the fields of another manager are taken over, too. Its finalizers and owner references stay, because controllers rely on them. */
  readonly tools?: (manager: string) => boolean;
  /** The manager that gets the fields. */
  readonly into: string;
  /** Whether `into` gives up `spec.replicas`, because an autoscaler sets the number. */
  readonly leavesReplicas?: boolean;
}

const REPLICAS = ['f:spec', 'f:replicas'];
const OF_CONTROLLERS = [['f:metadata', 'f:finalizers'], ['f:metadata', 'f:ownerReferences']];

/**
 * The managedFields after the manager `into` has taken over the fields of other managers. Undefined when nothing changes.
 *
 * The next apply then removes fields that its manifest omits. Otherwise they would stay, because an earlier manager still owns them.
 * client-go's csaupgrade does the same.
 *
 * @see https://github.com/kubernetes/client-go/blob/master/util/csaupgrade/upgrade.go
 */
export function joinedManagers(live: JsonObject, join: Join): JsonObject[] | undefined {
  const own = entries(live).find(isApplyOf(join.into));
  const taken = entries(live).filter((entry) => takenFields(entry, join) !== undefined);
  // The paths of an entry are those of its API version.
  const first = own ?? taken.find(({ apiVersion }) => apiVersion === live.apiVersion) ?? taken[0];
  if (!first) return undefined;
  const all = [...own ? [fieldsOf(own) ?? {}] : [], ...taken.map((entry) => takenFields(entry, join) ?? {})].reduce(unite);
  const joined = join.leavesReplicas ? without(all, REPLICAS) : all;
  if (taken.length === 0 && joined === all) return undefined;
  const others = entries(live).filter((entry) => entry !== own).flatMap((entry) => (taken.includes(entry) ? leftOf(entry, join) : [entry]));
  return [...others, { ...first, manager: join.into, operation: 'Apply', subresource: undefined, fieldsV1: joined }].map(withoutUndefined);
}

/** The fields of an entry that change their manager, if any. */
function takenFields(entry: JsonObject, { from, tools }: Join): FieldSet | undefined {
  const [manager, subresource] = [String(entry.manager), entry.subresource ?? ''];
  if (from.has(manager)) return subresource === '' ? fieldsOf(entry) ?? {} : undefined;
  // `kubectl scale` writes the subresource.
  if (!tools?.(manager) || !['', 'scale'].includes(String(subresource))) return undefined;
  const taken = OF_CONTROLLERS.reduce(without, fieldsOf(entry) ?? {});
  return Object.keys(taken).length > 0 ? taken : undefined;
}

/** The entry with the fields that do not change their manager. */
function leftOf(entry: JsonObject, { from }: Join): JsonObject[] {
  const left = from.has(String(entry.manager)) ? {} : OF_CONTROLLERS.map((path) => only(fieldsOf(entry) ?? {}, path)).reduce(unite);
  return Object.keys(left).length > 0 ? [{ ...entry, fieldsV1: left }] : [];
}

/**
 * The fields of one manager.
 */
export interface ManagerFields {
  readonly manager: string;
  readonly fields: FieldSet;
}

/**
 * The managers whose fields are taken over, with these fields. Those of the same application are omitted.
 */
export function takenManagers(live: JsonObject, join: Join): ManagerFields[] {
  return entries(live).filter(({ manager }) => !join.from.has(String(manager)))
    .flatMap((entry) => [takenFields(entry, join) ?? []].flat().map((fields) => ({ manager: String(entry.manager), fields })));
}

/**
 * The managers that keep fields of the object, with these fields. Those of the status are omitted.
 */
export function otherManagers(live: JsonObject, join: Join): ManagerFields[] {
  return (joinedManagers(live, join) ?? entries(live))
    .filter((entry) => entry.manager !== join.into && !join.from.has(String(entry.manager)) && entry.subresource !== 'status')
    .map((entry) => ({ manager: String(entry.manager), fields: fieldsOf(entry) ?? {} }));
}

/**
 * The fields of several sets.
 */
export function united(sets: readonly FieldSet[]): FieldSet {
  return sets.reduce(unite, {});
}

/**
 * Whether an apply without `spec.replicas` would reset it to its default: the manager owns the field, or takes it over.
 */
export function ownsReplicas(live: JsonObject, join: Join): boolean {
  const fields = (leavesReplicas: boolean) => JSON.stringify(joinedManagers(live, { ...join, leavesReplicas }));
  return fields(true) !== fields(false);
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

function withoutUndefined(entry: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(entry).filter((pair): pair is [string, Json] => pair[1] !== undefined));
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

/** The part of a set with one field. */
function only(set: FieldSet, [key = '', ...below]: readonly string[]): FieldSet {
  const inner = set[key];
  if (!isObject(inner)) return {};
  const rest = below.length === 0 ? inner : only(inner, below);
  return below.length > 0 && Object.keys(rest).length === 0 ? {} : { [key]: rest };
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
