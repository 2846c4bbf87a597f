import { isObject, Json, JsonObject } from '../../base/json';
import { show, typeInWords, userError } from '../../base/user-error';
import { kindName } from '../../kubernetes/kinds';
import { dns1123Subdomain, nameRuleOf } from '../../kubernetes/names';
import { parseManifest, unfoldList } from '../../yaml/manifest-parser';

/**
 * One object of access manifests, with the fields that every check reads.
 */
export interface AccessObject {
  /** `file:line:column`. */
  readonly at: string;
  readonly kind: AccessKind;
  readonly name: string;
  /** Missing for the Namespace itself. */
  readonly namespace?: string;
  readonly annotations: JsonObject;
  readonly value: JsonObject;
}

/** The kinds that access manifests may hold, in the order in which to apply them. */
const KINDS = ['Namespace', 'ServiceAccount', 'Secret', 'Lease', 'Role', 'RoleBinding'] as const;

export type AccessKind = typeof KINDS[number];

const API_VERSIONS: Record<AccessKind, string> = {
  Namespace: 'v1',
  ServiceAccount: 'v1',
  Secret: 'v1',
  Lease: 'coordination.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
};

/**
 * Parses access manifests into objects, in the order in which to apply them. Each object is checked by itself; a List counts as its items.
 *
 * @throws A `UserError` with `file:line:column` for an object of any other kind, a bad name, or a duplicate.
 */
export function accessObjects(text: string, fileName: string): AccessObject[] {
  const objects = parseManifest(text, fileName)
    .flatMap(({ at, value }) => unfoldList({ at: at(), value }, notAnObject))
    .map(({ at, value }) => accessObject(at, value));
  const duplicate = objects.find((object, index) => objects.findIndex((other) => other.kind === object.kind && other.name === object.name) < index);
  if (duplicate) {
    const { at, kind, name } = duplicate;
    throw userError({ at, given: `${kind} ${show(name)} is a duplicate`, expected: 'each object once', fix: 'remove one of the two' });
  }
  return objects.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

function notAnObject(at: string, item: Json): never {
  throw userError({ at, given: `it is ${typeInWords(item)}`, expected: 'a Kubernetes object', fix: 'remove the item, or write an object with apiVersion and kind' });
}

function accessObject(at: string, value: JsonObject): AccessObject {
  const kind = accessKind(at, value);
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const name = requiredText(at, 'metadata.name', metadata.name, nameRuleOf(kind));
  const namespace = kind === 'Namespace' ? undefined : requiredText(at, 'metadata.namespace', metadata.namespace, dns1123Subdomain);
  return { at, kind, name, namespace, annotations: isObject(metadata.annotations) ? metadata.annotations : {}, value };
}

function accessKind(at: string, { apiVersion, kind }: JsonObject): AccessKind {
  const found = KINDS.find((known) => known === kind && API_VERSIONS[known] === apiVersion);
  if (found) return found;
  throw userError({
    at,
    given: `${show(kindName(String(apiVersion), String(kind)))} in ${show(apiVersion)}`,
    expected: `only objects that give access: ${KINDS.join(', ')}`,
    fix: kind === 'ClusterRoleBinding'
      ? 'use a RoleBinding, which gives the role in one namespace'
      : 'use the file that NamespaceDeployer synthesizes, and keep the application in another file',
  });
}

/**
 * A required string field that follows a rule.
 *
 * @throws A `UserError` with the location, the field and the rule.
 */
export function requiredText(at: string, field: string, value: Json | undefined, rule: (text: string) => string | undefined): string {
  const expected = typeof value === 'string' ? rule(value) : 'text';
  if (typeof value === 'string' && expected === undefined) return value;
  throw userError({ at, given: `${field} is ${show(value)}`, expected: expected ?? 'text', fix: 'synthesize the file again, or edit this field' });
}
