import { accountChecks } from './check-accounts';
import { isObject, Json, JsonObject } from '../../../base/json';
import { show, typeInWords, UserError, userError } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { checkedImage, GivenImage, ImageRules, PLACEHOLDER } from '../../../image/policy';
import { checkNoPlaceholder, Container, containersOf, containerText } from '../../../kubernetes/container-images';
import { deprecatedApi, kindName, removedApi, scopeOf } from '../../../kubernetes/kinds';
import { nameRuleOf } from '../../../kubernetes/names';
import type { AccountRules } from '../../../release/account-rules';
import { DO_NOT_DELETE_ANNOTATION, OIDC_ANNOTATIONS, WORKLOAD_ANNOTATIONS, isOwnKey, isReleaseName } from '../../../release/release-names';
import { BEFORE_WORKLOADS } from '../objects/jobs';
import type { Problems } from '../objects/object-problems';
import type { ReleaseObject } from '../objects/release';
import { withData } from '../objects/secret-values';

/**
 * The rules for the objects of a release.
 */
export interface ObjectRules {
  /** The credential's namespace. All objects are in it. */
  readonly namespace: string;
  readonly images: ImageRules;
  /** The containers whose images another controller sets: `CONTAINER` or `OBJECT/CONTAINER`. Their images are not checked. */
  readonly imagesFromController?: readonly string[];
  readonly variables: CiVariables;
  readonly accounts: AccountRules;
  /** Writes a warning for people. */
  readonly warn?: (message: string) => void;
}

/**
 * Checks an object of a manifest.
 *
 * @param problems Gets every problem of the object.
 * @returns The object with its namespace, a Secret with all values in `data`. Nothing when the object has problems.
 */
export function checkObject(at: string, value: JsonObject, rules: ObjectRules, problems: Problems): ReleaseObject | undefined {
  const [apiVersion, kind] = [value.apiVersion, value.kind];
  if (typeof apiVersion !== 'string' || apiVersion === '' || typeof kind !== 'string' || kind === '') return problems.attempt(() => notAnObject(at, value));
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const checks = [
    () => checkApiVersion(at, apiVersion, kind, rules),
    () => checkScope(at, apiVersion, kind, rules),
    () => checkNamespace(at, kind, metadata, rules),
    () => checkReleaseName(at, kindName(apiVersion, kind), metadata),
    () => checkServerFields(at, metadata),
    () => checkMigration(at, kind, metadata),
    () => checkDoNotDelete(at, metadata),
    ...reservedKeys(value).map((reserved) => () => refuseReserved(at, reserved)),
    ...imageChecks(at, value, rules),
    ...accountChecks(at, value, rules.accounts),
  ];
  const name = problems.attempt(() => nameOf(at, kind, metadata));
  const passed = checks.filter((check) => problems.attempt(() => check() ?? true)).length;
  if (name === undefined || passed < checks.length) return undefined;
  const placed = { ...value, metadata: { ...metadata, namespace: rules.namespace } };
  return { at, apiVersion, kind, name, value: kindName(apiVersion, kind) === 'Secret' ? withData(placed) : placed };
}

function notAnObject(at: string, { apiVersion, kind }: JsonObject): never {
  const shown = (value: Json | undefined) => (typeof value === 'object' ? typeInWords(value) : show(value));
  throw userError({ at, given: `apiVersion ${shown(apiVersion)} and kind ${shown(kind)}`, expected: 'a Kubernetes object', fix: 'add both, such as apiVersion: v1 and kind: ConfigMap' });
}

function nameOf(at: string, kind: string, { name, generateName }: JsonObject): string {
  if (generateName !== undefined) {
    throw userError({
      at,
      given: `${kind} with generateName ${show(generateName)}`,
      expected: 'metadata.name: with generateName, each deploy would create another object and never update or delete one',
      fix: `use metadata.name, such as ${show(String(generateName).replace(/(?<!-)-+$/, ''))}`,
    });
  }
  const expected = typeof name === 'string' ? nameRuleOf(kind)(name) : 'text';
  if (typeof name === 'string' && expected === undefined) return name;
  throw userError({ at, given: `metadata.name of ${show(kind)} is ${typeof name === 'object' ? typeInWords(name) : show(name)}`, expected: expected ?? 'text', fix: 'rename the object, for example "my-app"' });
}

function checkApiVersion(at: string, apiVersion: string, kind: string, { warn }: ObjectRules): void {
  const removed = removedApi(apiVersion, kind);
  if (removed) throw userError({ at, ...removed });
  const deprecated = deprecatedApi(apiVersion, kind);
  if (deprecated !== undefined) warn?.(`${at}: ${deprecated}`);
}

/** Only the server knows the scope of custom resources. */
function checkScope(at: string, apiVersion: string, kind: string, { namespace }: ObjectRules): void {
  if (scopeOf(apiVersion, kind) !== 'cluster') return;
  throw userError({
    at,
    given: `${kindName(apiVersion, kind)} is cluster-scoped`,
    expected: `objects of namespace ${show(namespace)}, since its deployer may write no others`,
    fix: 'move it to the manifests that an administrator applies',
  });
}

function checkNamespace(at: string, kind: string, { name, namespace }: JsonObject, rules: ObjectRules): void {
  if (namespace === undefined || namespace === null || namespace === rules.namespace) return;
  throw userError({
    at,
    given: `${show(kind)} ${show(name)} is in namespace ${show(namespace)}`,
    expected: `namespace ${show(rules.namespace)}, the credential's`,
    fix: 'remove metadata.namespace, or deploy the object with the credential of that namespace',
  });
}

/** A manifest that overwrites the record or the lock of another application would block its deployments. */
function checkReleaseName(at: string, kind: string, { name }: JsonObject): void {
  if (!['Secret', 'Lease.coordination.k8s.io'].includes(kind) || typeof name !== 'string' || !isReleaseName(name)) return;
  throw userError({ at, given: `${kind} has the name ${show(name)}`, expected: 'a name that deploy does not use for its records and locks', fix: 'choose another name' });
}

const SERVER_FIELDS = ['uid', 'resourceVersion', 'generation', 'managedFields', 'selfLink', 'deletionTimestamp'];

function checkServerFields(at: string, metadata: JsonObject): void {
  const fields = SERVER_FIELDS.filter((field) => metadata[field] !== undefined && metadata[field] !== null);
  if (fields.length === 0) return;
  throw userError({ at, given: `metadata has ${fields.join(', ')}`, expected: 'no field that only the server writes', fix: 'remove the field; `kubectl get -o yaml` prints it' });
}

function checkMigration(at: string, kind: string, { annotations }: JsonObject): void {
  const migration = isObject(annotations) ? annotations[BEFORE_WORKLOADS] : undefined;
  if (migration === undefined || (migration === 'true' && kind === 'Job')) return;
  throw userError({ at, given: `annotation ${BEFORE_WORKLOADS} is ${show(migration)} on ${show(kind)}`, expected: '"true" on a Job', fix: `write ${BEFORE_WORKLOADS}: "true" on a Job, or remove the annotation` });
}

/** Another value, such as "yes", would let deploy delete an object that the user wants to keep. */
function checkDoNotDelete(at: string, { annotations }: JsonObject): void {
  const value = isObject(annotations) ? annotations[DO_NOT_DELETE_ANNOTATION] : undefined;
  if (value === undefined || value === 'true') return;
  throw userError({ at, given: `annotation ${DO_NOT_DELETE_ANNOTATION} is ${show(value)}`, expected: '"true"', fix: 'write "true" to keep the object, or remove the annotation' });
}

function refuseReserved(at: string, { field, key }: ReservedKey): never {
  const fix = OWN_ANNOTATIONS.get(key) ?? 'remove it';
  throw userError({ at, given: `${field} has ${show(key)}`, expected: 'no label or annotation that only deploy writes', fix });
}

/** The server checks for missing images: a custom resource may have a list of that name without images. */
function imageChecks(at: string, value: JsonObject, { images, variables, imagesFromController = [] }: ObjectRules): Array<() => unknown> {
  const containers = containersOf(value).filter((container) => !imagesFromController.some((exception) => isException(exception, value, container)));
  const checks = containers.flatMap((container) => {
    if (container.image === undefined) return [];
    return () => checkImage({ at: `${at}: image of ${containerText(container)}`, text: container.image ?? '', trusted: false }, container, images, variables);
  });
  return [...checks, () => checkNoPlaceholder(at, value, PLACEHOLDER)];
}

/**
 * Whether an exception names a container of an object: `CONTAINER` or `OBJECT/CONTAINER`.
 */
export function isException(exception: string, { metadata }: JsonObject, { name }: Container): boolean {
  return exception === name || (isObject(metadata) && exception === `${String(metadata.name)}/${name}`);
}

function checkImage(image: GivenImage, { name }: Container, images: ImageRules, variables: CiVariables): void {
  try {
    checkedImage(image, images, variables);
  } catch (error) {
    if (!(error instanceof UserError) || !mayBeFilledIn(image.text)) throw error;
    const argument = /^[\w.-]+$/.test(name) ? name : show(name);
    throw new UserError(`${error.message}. If another controller sets this image, add --image-from-controller ${argument}`);
  }
}

/** Whether a text may stand for an image that a controller sets: blank, a word such as `auto`, or a template. */
function mayBeFilledIn(text: string): boolean {
  return text !== PLACEHOLDER && (/^[\w\s-]*$/.test(text) || /[{}$<>]/.test(text));
}

interface ReservedKey {
  /** The field with the labels or annotations: `spec.template.metadata.labels`. */
  readonly field: string;
  readonly key: string;
}

/** Annotations that users write, on the object itself only. By key, the remedy when one is elsewhere. */
const OWN_ANNOTATIONS: ReadonlyMap<string, string> = new Map([
  [BEFORE_WORKLOADS, 'move it to the annotations of the Job itself'],
  [DO_NOT_DELETE_ANNOTATION, 'move it to the annotations of the object itself'],
]);

/** The constructs write these annotations. They only describe an object. */
const DESCRIBING: ReadonlySet<string> = new Set([...Object.values(WORKLOAD_ANNOTATIONS), ...Object.values(OIDC_ANNOTATIONS)]);

/** Labels and annotations that only deploy may write: in the metadata of the object, and in every template in it, such as that of pods. */
function reservedKeys(value: Json, place = ''): ReservedKey[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => reservedKeys(item, `${place}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = place === '' ? name : `${place}.${name}`;
    const isMap = (name === 'labels' || name === 'annotations') && isObject(item);
    const reserved = isMap ? Object.keys(item).filter((key) => isReserved(field, key)).map((key) => ({ field, key })) : [];
    return [...reserved, ...reservedKeys(item, field)];
  });
}

function isReserved(field: string, key: string): boolean {
  if (!isOwnKey(key)) return false;
  if (OWN_ANNOTATIONS.has(key)) return field !== 'metadata.annotations';
  return field.endsWith('labels') || !DESCRIBING.has(key);
}
