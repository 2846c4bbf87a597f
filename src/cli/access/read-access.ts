import type { Access, AccessAccount, AccessRole } from './access';
import { AccessObject, accessObjects, requiredText } from './access-object';
import { readOidcTrust } from './read-oidc-trust';
import { isObject, Json, JsonObject } from '../../base/json';
import { userError, show } from '../../base/user-error';
import { pathSegment, checkNamespace } from '../../kubernetes/names';
import type { PolicyRule, Subject } from '../../kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../../kubernetes/user-facing-roles';
import { RECORD_TYPE } from '../../release/release-names';

/**
 * How access manifests are judged.
 */
export interface ReadAccessOptions {
  /** Whether `default` and `kube-*` may be given away. */
  readonly allowProtectedNamespace?: boolean;
}

/**
 * Reads access manifests: one RoleBinding of one role to one subject in one namespace, and what belongs to it.
 *
 * @throws A refusal with `file:line:column` when they are anything else, or give away more.
 */
export function readAccess(text: string, fileName: string, options: ReadAccessOptions = {}): Access {
  const objects = accessObjects(text, fileName);
  const binding = onlyBinding(objects, fileName);
  const namespace = binding.namespace ?? '';
  checkNamespace(binding.at, namespace, options.allowProtectedNamespace);
  objects.forEach((object) => checkPlace(object, namespace));
  const subject = subjectOf(binding);
  return {
    file: fileName,
    namespace,
    subject,
    role: roleOf(binding, objects),
    roleBinding: binding.name,
    serviceAccount: accountOf(binding, subject, objects),
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
    expected: 'the access manifests of one deployer, with its one RoleBinding',
    fix: second ? 'put each deployer into a file of its own' : 'give the file that access.ts synthesizes for this environment',
  });
}

function checkPlace({ at, kind, name, namespace }: AccessObject, expected: string): void {
  const given = kind === 'Namespace' ? name : namespace;
  if (given === expected) return;
  const where = kind === 'Namespace' ? `Namespace ${show(given)}` : `${kind} ${show(name)} is in namespace ${show(given)}`;
  throw userError({ at, given: where, expected: `objects of namespace ${show(expected)}, where the RoleBinding is`, fix: 'keep one namespace in a file' });
}

function subjectOf({ at, value }: AccessObject): Subject {
  const subjects = Array.isArray(value.subjects) ? value.subjects : [];
  const [subject] = subjects;
  if (subjects.length !== 1 || !isObject(subject)) {
    throw userError({ at, given: `${subjects.length} subjects`, expected: 'exactly one', fix: 'bind each deployer by a RoleBinding of its own' });
  }
  const { kind } = subject;
  const name = requiredText(at, 'subjects[0].name', subject.name, (text) => (text ? undefined : 'a name'));
  if (kind === 'ServiceAccount') return { kind, name, namespace: requiredText(at, 'subjects[0].namespace', subject.namespace, (text) => (text ? undefined : 'a namespace')) };
  if (kind === 'User' || kind === 'Group') return named(at, kind, name);
  throw userError({ at, given: `subjects[0].kind is ${show(kind)}`, expected: 'ServiceAccount, User or Group', fix: 'correct it' });
}

/** Kubernetes' own users and groups are more than one deployer: `system:authenticated` is everybody. */
function named(at: string, kind: 'User' | 'Group', name: string): Subject {
  if (!name.startsWith('system:')) return { kind, name };
  throw userError({ at, given: `the subject is ${kind} ${show(name)}`, expected: 'one deployer, none of Kubernetes\' own users and groups', fix: 'name the deployer itself' });
}

function roleOf({ at, value }: AccessObject, objects: AccessObject[]): AccessRole {
  const { kind, name: given } = isObject(value.roleRef) ? value.roleRef : {};
  const name = requiredText(at, 'roleRef.name', given, pathSegment);
  if (kind === 'ClusterRole') return { kind, name, rules: SHIPPED.get(name) };
  if (kind !== 'Role') throw userError({ at, given: `roleRef.kind is ${show(kind)}`, expected: 'ClusterRole or Role', fix: 'correct it' });
  const role = objects.find((object) => object.kind === 'Role' && object.name === name);
  if (role) return { kind, name, rules: rulesOf(role) };
  throw userError({ at, given: `Role ${show(name)} is not in the file`, expected: 'a Role whose rights can be read here', fix: 'add it to the file' });
}

const SHIPPED = new Map([['admin', ADMIN_RULES], ['edit', EDIT_RULES]]);

function rulesOf({ at, value }: AccessObject): PolicyRule[] {
  const rules = Array.isArray(value.rules) ? value.rules : [];
  return rules.map((rule, index) => {
    if (!isObject(rule)) throw userError({ at, given: `rules[${index}] is ${show(rule)}`, expected: 'a rule', fix: 'correct it' });
    const list = (field: string) => texts(at, `rules[${index}].${field}`, rule[field]);
    return { verbs: list('verbs'), apiGroups: list('apiGroups'), resources: list('resources'), resourceNames: list('resourceNames') };
  });
}

function texts(at: string, field: string, value: Json | undefined): string[] {
  const list = value ?? [];
  if (Array.isArray(list) && list.every((entry): entry is string => typeof entry === 'string')) return list;
  throw userError({ at, given: `${field} is ${show(value)}`, expected: 'a list of texts', fix: 'correct it' });
}

function accountOf(binding: AccessObject, subject: Subject, objects: AccessObject[]): AccessAccount | undefined {
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  const secrets = objects.filter(({ kind }) => kind === 'Secret');
  secrets.filter(isRecord).forEach(checkRecord);
  const secret = secrets.find((object) => !isRecord(object));
  if (!account) return noAccount(binding, subject, secret);
  if (subject.kind !== 'ServiceAccount' || subject.namespace !== account.namespace || subject.name !== account.name) {
    throw userError({ at: account.at, given: `ServiceAccount ${show(account.name)} is not the subject of the RoleBinding`, expected: 'the deployer\'s own', fix: 'remove it' });
  }
  checkNothingListed(account);
  if (secret) checkTokenSecret(secret, account.name);
  return { name: account.name, tokenSecret: secret?.name };
}

function noAccount(binding: AccessObject, subject: Subject, secret: AccessObject | undefined): undefined {
  if (secret) throw userError({ at: secret.at, given: `Secret ${show(secret.name)} without a ServiceAccount`, expected: 'both', fix: 'add the account, or remove the Secret' });
  if (subject.kind !== 'ServiceAccount' || subject.namespace !== binding.namespace) return undefined;
  throw userError({
    at: binding.at,
    given: `ServiceAccount ${show(subject.name)} of this namespace is bound, and is not in the file`,
    expected: 'the account that is given access',
    fix: 'add it to the file',
  });
}

/** The cluster deletes a Secret that is listed there and was not used for a year. */
function checkNothingListed({ at, value }: AccessObject): void {
  if (!Array.isArray(value.secrets) || value.secrets.length === 0) return;
  throw userError({
    at,
    given: 'the ServiceAccount lists secrets',
    expected: 'none, since what is listed counts as generated and is deleted by the cluster when it was not used for a year',
    fix: 'remove the list',
  });
}

function checkTokenSecret({ at, name, annotations, value }: AccessObject, account: string): void {
  const isToken = value.type === 'kubernetes.io/service-account-token' && annotations['kubernetes.io/service-account.name'] === account;
  if (isToken && !hasContent(value)) return;
  throw userError({
    at,
    given: `Secret ${show(name)} ${isToken ? 'has data in it' : 'is no token of the ServiceAccount'}`,
    expected: `an empty Secret of type kubernetes.io/service-account-token for ${show(account)}`,
    fix: 'use DeployerToken.tokenSecret(), or remove it',
  });
}

/** Where releases are recorded. */
function isRecord({ value }: AccessObject): boolean {
  return value.type === RECORD_TYPE;
}

function checkRecord({ at, name, value }: AccessObject): void {
  if (!hasContent(value)) return;
  throw userError({ at, given: `Secret ${show(name)} has data in it`, expected: 'an empty record of releases', fix: 'remove the data: only deploy jobs write it' });
}

function hasContent({ data, stringData }: JsonObject): boolean {
  return [data, stringData].some((content) => isObject(content) && Object.keys(content).length > 0);
}
