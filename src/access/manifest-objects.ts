import { isObject, JsonObject } from '../base/json';
import { userError, show } from '../base/user-error';
import { parseApiVersion } from '../kubernetes/api-version';
import { kindName, KINDS_VERSION, resourceOf, scopeOf } from '../kubernetes/kinds';
import { nameRuleOf } from '../kubernetes/names';
import { RBAC_GROUP } from '../kubernetes/subject';
import { NamedObjects } from '../release/deploy-rights';
import { parseManifest } from '../yaml/manifest-parser';

/**
 * One object that is to be deployed.
 */
export interface ManifestObject {
  readonly at: string;
  readonly namespace?: string;
  readonly group: string;
  readonly resource: string;
  readonly isCustom: boolean;
  readonly name: string;
}

/**
 * The plurals of custom kinds, by `Kind.group`.
 */
export interface Plurals {
  readonly [kind: string]: string;
}

/**
 * The objects of rendered manifests, as far as rights depend on them. A List counts as its items.
 *
 * @throws A refusal for what a deployer of one namespace cannot be given the rights for.
 */
export function manifestObjects(text: string, customResources: Plurals): ManifestObject[] {
  return parseManifest(text, 'manifests').flatMap(({ value, at }) => unfolded(at(), value)).map(({ at, value }) => manifestObject(at, value, customResources));
}

/**
 * The objects by their kinds.
 */
export function byKind(objects: readonly ManifestObject[]): NamedObjects[] {
  const groups = new Map<string, ManifestObject[]>();
  for (const object of objects) {
    const key = `${object.resource}.${object.group}`;
    groups.set(key, [...groups.get(key) ?? [], object]);
  }
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => ({ ...first, names: group.map(({ name }) => name) })));
}

function unfolded(at: string, value: JsonObject): Array<{ readonly at: string; readonly value: JsonObject }> {
  if (value.kind !== 'List' || !Array.isArray(value.items)) return [{ at, value }];
  return value.items.flatMap((item, index) => (isObject(item) ? unfolded(`${at}: items[${index}]`, item) : []));
}

function manifestObject(at: string, { apiVersion, kind, metadata }: JsonObject, customResources: Plurals): ManifestObject {
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const resource = resourceFor(at, String(apiVersion), String(kind), customResources);
  const expected = typeof name === 'string' ? nameRuleOf(String(kind))(name) : 'a name';
  if (expected) throw userError({ at, given: `metadata.name is ${show(name)}`, expected, fix: 'give it one, or give the right by rules' });
  return { at, ...resource, name: String(name), namespace: typeof namespace === 'string' ? namespace : undefined };
}

function resourceFor(at: string, apiVersion: string, kind: string, custom: Plurals): Pick<ManifestObject, 'group' | 'resource' | 'isCustom'> {
  const name = kindName(apiVersion, kind);
  const known = resourceOf(apiVersion, kind);
  const plural = Object.hasOwn(custom, name) ? custom[name] : undefined;
  if (known?.group === RBAC_GROUP || scopeOf(apiVersion, kind) === 'cluster') {
    const given = `${name} ${known ? 'gives rights away' : 'is cluster-scoped'}`;
    throw userError({ at, given, expected: 'objects that a deployer with few rights may write', fix: 'move it to the manifests that an administrator applies' });
  }
  if (known) return { ...known, isCustom: false };
  if (plural !== undefined) return { group: parseApiVersion(apiVersion).group, resource: plural, isCustom: true };
  throw userError({
    at,
    given: `${show(name)} is no kind of Kubernetes ${KINDS_VERSION}, so its resource is not known`,
    expected: 'a known kind',
    fix: `say the plural of its custom resource definition by customResources: { ${show(name)}: … }`,
  });
}
