import { ReservedKey, reservedKeys } from './reserved-keys';
import { isObject, JsonObject } from '../../../base/json';
import { userError, show } from '../../../base/user-error';
import type { CiVariables } from '../../../gitlab/ci-variables';
import { checkedImage, ImageRules } from '../../../image/policy';
import { containersOf } from '../../../kubernetes/container-images';
import { kindName, scopeOf } from '../../../kubernetes/kinds';
import { nameRuleOf } from '../../../kubernetes/names';
import { isReleaseName } from '../../../release/release-names';
import { BEFORE_WORKLOADS } from '../objects/jobs';
import type { Problems } from '../objects/object-problems';
import type { ReleaseObject } from '../objects/release';
import { withData } from '../objects/secret-values';

/**
 * What an object of a release must satisfy.
 */
export interface ObjectRules {
  /** The credential's, which is that of every object. */
  readonly namespace: string;
  readonly images: ImageRules;
  readonly variables: CiVariables;
}

/**
 * An object of a manifest as it is applied: with its namespace, and with the data of a Secret in one form.
 *
 * @param problems Gets everything that is wrong with it; nothing is returned then.
 */
export function checkObject(at: string, value: JsonObject, rules: ObjectRules, problems: Problems): ReleaseObject | undefined {
  const [apiVersion, kind] = [value.apiVersion, value.kind];
  if (typeof apiVersion !== 'string' || apiVersion === '' || typeof kind !== 'string' || kind === '') return problems.attempt(() => notAnObject(at, value));
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const checks = [
    () => checkScope(at, apiVersion, kind, rules),
    () => checkNamespace(at, kind, metadata, rules),
    () => checkReleaseName(at, kindName(apiVersion, kind), metadata),
    () => checkServerFields(at, metadata),
    () => checkMigration(at, kind, metadata),
    ...reservedKeys(value).map((reserved) => () => refuseReserved(at, reserved)),
    ...imageChecks(at, value, rules),
  ];
  const name = problems.attempt(() => nameOf(at, kind, metadata));
  const passed = checks.filter((check) => problems.attempt(() => check() ?? true)).length;
  if (name === undefined || passed < checks.length) return undefined;
  const placed = { ...value, metadata: { ...metadata, namespace: rules.namespace } };
  return { at, apiVersion, kind, name, value: kindName(apiVersion, kind) === 'Secret' ? withData(placed) : placed };
}

function notAnObject(at: string, { apiVersion, kind }: JsonObject): never {
  throw userError({ at, given: `apiVersion ${show(apiVersion)} and kind ${show(kind)}`, expected: 'a Kubernetes object', fix: 'give it both' });
}

function nameOf(at: string, kind: string, { name, generateName }: JsonObject): string {
  if (generateName !== undefined) {
    throw userError({
      at,
      given: `${kind} with generateName ${show(generateName)}`,
      expected: 'metadata.name: with another name each time, every deploy would add an object and none could ever be updated or removed',
      fix: 'name it',
    });
  }
  const expected = typeof name === 'string' ? nameRuleOf(kind)(name) : 'text';
  if (typeof name === 'string' && expected === undefined) return name;
  throw userError({ at, given: `metadata.name of ${show(kind)} is ${show(name)}`, expected: expected ?? 'text', fix: 'correct it' });
}

/** Whether a kind of custom resources is namespaced is for the server to say. */
function checkScope(at: string, apiVersion: string, kind: string, { namespace }: ObjectRules): void {
  if (scopeOf(apiVersion, kind) !== 'cluster') return;
  throw userError({
    at,
    given: `${kindName(apiVersion, kind)} is cluster-scoped`,
    expected: `objects of namespace ${show(namespace)}, all that its deployer may write`,
    fix: 'move it to the manifests that an administrator applies',
  });
}

function checkNamespace(at: string, kind: string, { name, namespace }: JsonObject, rules: ObjectRules): void {
  if (namespace === undefined || namespace === null || namespace === rules.namespace) return;
  throw userError({
    at,
    given: `${show(kind)} ${show(name)} is in namespace ${show(namespace)}`,
    expected: `namespace ${show(rules.namespace)}, the credential's`,
    fix: 'leave its namespace out, or deploy it with the credential of that namespace',
  });
}

/** Whoever writes these of another application keeps it from being deployed and removed. */
function checkReleaseName(at: string, kind: string, { name }: JsonObject): void {
  if (!['Secret', 'Lease.coordination.k8s.io'].includes(kind) || typeof name !== 'string' || !isReleaseName(name)) return;
  throw userError({ at, given: `${kind} has the name ${show(name)}`, expected: 'a name that deploy does not use for its records and locks', fix: 'choose another name' });
}

const SERVER_FIELDS = ['uid', 'resourceVersion', 'generation', 'managedFields', 'selfLink', 'deletionTimestamp'];

function checkServerFields(at: string, metadata: JsonObject): void {
  const fields = SERVER_FIELDS.filter((field) => metadata[field] !== undefined && metadata[field] !== null);
  if (fields.length === 0) return;
  throw userError({ at, given: `metadata has ${fields.join(', ')}`, expected: 'none of what only the server writes', fix: 'leave it out; `kubectl get -o yaml` prints it' });
}

function checkMigration(at: string, kind: string, { annotations }: JsonObject): void {
  const migration = isObject(annotations) ? annotations[BEFORE_WORKLOADS] : undefined;
  if (migration === undefined || (migration === 'true' && kind === 'Job')) return;
  throw userError({ at, given: `annotation ${BEFORE_WORKLOADS} is ${show(migration)} on ${show(kind)}`, expected: '"true" on a Job', fix: 'correct it' });
}

function refuseReserved(at: string, { field, key }: ReservedKey): never {
  const fix = key === BEFORE_WORKLOADS ? 'make it an annotation of the Job itself' : 'remove it';
  throw userError({ at, given: `${field} has ${show(key)}`, expected: 'no label or annotation that only deploy writes', fix });
}

/** A container without an image is the server's to judge: lists of that name in custom resources need none. */
function imageChecks(at: string, value: JsonObject, { images, variables }: ObjectRules): Array<() => unknown> {
  return containersOf(value).flatMap(({ name, image }) => {
    if (image === undefined) return [];
    return () => checkedImage({ at: `${at}: image of container ${show(name)}`, text: image, trusted: false }, images, variables);
  });
}
