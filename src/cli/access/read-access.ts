import type { Access, AccessRole } from './access';
import { AccessObject, accessObjects, requiredText } from './access-object';
import { readOidcTrust, readServiceAccount } from './read-identity';
import { isObject, Json } from '../../base/json';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { pathSegment, checkNamespace } from '../../kubernetes/names';
import type { PolicyRule, Subject } from '../../kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../../kubernetes/user-facing-roles';
import type { Context } from '../command-line/command';

/**
 * Options for reading access manifests.
 */
export interface ReadAccessOptions {
  /** Whether the namespace may be `default` or `kube-*`. */
  readonly allowProtectedNamespace?: boolean;
}

/**
 * Reads the access manifests in a file, or on standard input for `-`.
 */
export async function readAccessFile({ args, files }: Pick<Context, 'args' | 'files'>, file: string): Promise<Access> {
  const fileName = file === '-' ? 'standard input' : file;
  return readAccess(decodeText(await files.read(file), fileName), fileName, { allowProtectedNamespace: args.has('allow-protected-namespace') });
}

/**
 * Reads access manifests: a RoleBinding that gives one role in one namespace to one subject, and the objects that it needs.
 *
 * @throws A `UserError` with `file:line:column` when the manifests hold anything else or give more.
 */
export function readAccess(text: string, fileName: string, options: ReadAccessOptions = {}): Access {
  const objects = accessObjects(text, fileName);
  const binding = onlyBinding(objects, fileName);
  const namespace = binding.namespace ?? '';
  checkNamespace(binding.at, namespace, options.allowProtectedNamespace);
  objects.forEach((object) => checkNamespaceOf(object, namespace));
  const subject = readSubject(binding);
  return {
    file: fileName,
    namespace,
    subject,
    role: readRole(binding, objects),
    roleBinding: binding.name,
    serviceAccount: readServiceAccount(binding, subject, objects),
    oidc: readOidcTrust(binding, subject),
    objects: objects.map(({ value }) => value),
  };
}

function onlyBinding(objects: AccessObject[], fileName: string): AccessObject {
  const bindings = objects.filter(({ kind }) => kind === 'RoleBinding');
  const [binding, second] = bindings;
  if (binding && !second) return binding;
  throw userError({
    at: second?.at ?? fileName,
    given: second ? `${bindings.length} RoleBindings, so more than one deployer` : 'no RoleBinding',
    expected: 'the access manifests of one deployer, with one RoleBinding',
    fix: second ? 'use one file for each deployer' : 'use the file that access.ts synthesizes for this environment',
  });
}

function checkNamespaceOf({ at, kind, name, namespace }: AccessObject, expected: string): void {
  const given = kind === 'Namespace' ? name : namespace;
  if (given === expected) return;
  const where = kind === 'Namespace' ? `Namespace ${show(given)}` : `${kind} ${show(name)} is in namespace ${show(given)}`;
  throw userError({ at, given: where, expected: `objects of namespace ${show(expected)}, where the RoleBinding is`, fix: 'use one file for each namespace' });
}

function readSubject({ at, value }: AccessObject): Subject {
  const subjects = Array.isArray(value.subjects) ? value.subjects : [];
  const [subject] = subjects;
  if (subjects.length !== 1 || !isObject(subject)) {
    throw userError({ at, given: `${subjects.length} subjects`, expected: 'exactly one', fix: 'use one RoleBinding for each deployer' });
  }
  const { kind } = subject;
  const text = (field: 'name' | 'namespace') =>
    requiredText(at, `subjects[0].${field}`, subject[field], (entry) => (entry ? undefined : `a ${field}`));
  const name = text('name');
  if (kind === 'ServiceAccount') return { kind, name, namespace: text('namespace') };
  if (kind === 'User' || kind === 'Group') return userOrGroup(at, kind, name);
  throw userError({ at, given: `subjects[0].kind is ${show(kind)}`, expected: 'ServiceAccount, User or Group', fix: 'use one of these kinds' });
}

/** Names in `system:` belong to Kubernetes, and some of them to everybody: `system:authenticated`. */
function userOrGroup(at: string, kind: 'User' | 'Group', name: string): Subject {
  if (!name.startsWith('system:')) return { kind, name };
  throw userError({
    at,
    given: `the subject is ${kind} ${show(name)}`,
    expected: 'one deployer, not a user or group of Kubernetes itself ("system:…")',
    fix: 'bind the ServiceAccount, user or group of the deployer',
  });
}

function readRole({ at, value }: AccessObject, objects: AccessObject[]): AccessRole {
  const { kind, name: given } = isObject(value.roleRef) ? value.roleRef : {};
  const name = requiredText(at, 'roleRef.name', given, pathSegment);
  if (kind === 'ClusterRole') return { kind, name, rules: SHIPPED_ROLES.get(name) };
  if (kind !== 'Role') throw userError({ at, given: `roleRef.kind is ${show(kind)}`, expected: 'ClusterRole or Role', fix: 'use one of these kinds' });
  const role = objects.find((object) => object.kind === 'Role' && object.name === name);
  if (role) return { kind, name, rules: readRules(role) };
  throw userError({ at, given: `Role ${show(name)} is not in the file`, expected: 'the Role beside its RoleBinding', fix: 'add the Role to the file' });
}

const SHIPPED_ROLES = new Map([['admin', ADMIN_RULES], ['edit', EDIT_RULES]]);

function readRules({ at, value }: AccessObject): PolicyRule[] {
  const rules = Array.isArray(value.rules) ? value.rules : [];
  return rules.map((rule, index) => {
    if (!isObject(rule)) throw userError({ at, given: `rules[${index}] is ${show(rule)}`, expected: 'a rule', fix: 'write a mapping with verbs, apiGroups and resources' });
    const list = (field: string) => stringList(at, `rules[${index}].${field}`, rule[field]);
    return { verbs: list('verbs'), apiGroups: list('apiGroups'), resources: list('resources'), resourceNames: list('resourceNames') };
  });
}

function stringList(at: string, field: string, value: Json | undefined): string[] {
  const list = value ?? [];
  if (Array.isArray(list) && list.every((entry): entry is string => typeof entry === 'string')) return list;
  throw userError({ at, given: `${field} is ${show(value)}`, expected: 'a list of texts', fix: 'write a list such as ["get", "list"]' });
}
