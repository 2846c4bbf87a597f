import { Problem, userError, show } from '../base/user-error';

/**
 * A rule of Kubernetes for names, labels and annotations, as k8s.io/apimachinery checks it (pkg/util/validation and pkg/api/validation).
 * Returns a description of valid values, or `undefined` for a valid value.
 */
export type NameRule = (value: string) => string | undefined;

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const QUALIFIED = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** The names of Namespaces and containers. */
export const dns1123Label: NameRule = rule(63, new RegExp(`^${LABEL}$`),
  'a DNS label (lower-case letters, digits and "-", starting and ending with a letter or digit)');

/** The names of ServiceAccounts, Deployments, Secrets, ConfigMaps and most other objects. */
export const dns1123Subdomain: NameRule = rule(253, new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
  'a DNS subdomain (lower-case letters, digits, "-" and ".", each part starting and ending with a letter or digit)');

/** The names of Services. */
export const dns1035Label: NameRule = rule(63, /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  'a DNS label that starts with a letter (lower-case letters, digits and "-")');

/** The names of Roles and RoleBindings. */
export const pathSegment: NameRule = (value) =>
  value !== '' && value !== '.' && value !== '..' && !/[/%]/.test(value) ? undefined : 'a name other than "." and ".." without "/" and "%"';

/** The names of a container's environment variables. Kubernetes 1.32 allows more names, older versions do not. */
export const envVarName: NameRule = (value) =>
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value) && value !== '.' && !value.startsWith('..')
    ? undefined
    : 'a variable name (letters, digits, "_", "-" and ".", not starting with a digit or "..")';

/** Label values. */
export const labelValue: NameRule = (value) =>
  value === '' || (value.length <= 63 && QUALIFIED.test(value))
    ? undefined
    : 'a label value (at most 63 letters, digits, "-", "_" and ".", starting and ending with a letter or digit)';

/** Label keys `[prefix/]name`. Annotation keys follow the same rule after they are put into lower case. */
export const qualifiedName: NameRule = (value) => {
  const parts = value.split('/');
  const name = parts.pop() ?? '';
  const prefixed = parts.length === 0 || (parts.length === 1 && dns1123Subdomain(parts[0] ?? '') === undefined);
  return prefixed && name.length <= 63 && QUALIFIED.test(name)
    ? undefined
    : 'a key such as "example.com/name" (name at most 63 letters, digits, "-", "_" and "."; prefix a DNS subdomain)';
};

/** Annotation keys. */
export const annotationKey: NameRule = (value) => qualifiedName(value.toLowerCase());

/** The size limit of all annotations of an object, keys and values together, in bytes. */
export const ANNOTATIONS_LIMIT = 262_144;

/**
 * The rule for `metadata.name` of a kind.
 */
export function nameRuleOf(kind: string): NameRule {
  return NAME_RULES.get(kind) ?? dns1123Subdomain;
}

const NAME_RULES = new Map<string, NameRule>([
  ['Namespace', dns1123Label],
  ['Service', dns1035Label],
  ['Role', pathSegment],
  ['RoleBinding', pathSegment],
  ['ClusterRole', pathSegment],
  ['ClusterRoleBinding', pathSegment],
]);

function rule(longest: number, pattern: RegExp, expected: string): NameRule {
  return (value) => value.length <= longest && pattern.test(value) ? undefined : `${expected} of at most ${longest} characters`;
}

/**
 * Suggests a valid name that is similar to an invalid one, as the end of an advice: ` to "my-app"`. Returns an empty text if there is none.
 */
export function similarName(value: unknown, nameRule: NameRule): string {
  const name = String(value).toLowerCase().replace(/[^a-z0-9.]+/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 63).replace(/[^a-z0-9]+$/, '');
  const similar = [name, name.replace(/\./g, '-')].find((candidate) => candidate !== '' && nameRule(candidate) === undefined);
  return similar === undefined ? '' : ` to ${show(similar)}`;
}

/**
 * Checks the keys and values of labels.
 *
 * @param at The construct path.
 * @param what The name of one entry in errors: `label`, `selector`.
 */
export function labelProblems(at: string, what: string, labels: unknown): Problem[] {
  return entryProblems(at, what, labels, qualifiedName, labelValue);
}

/**
 * Checks labels as `labelProblems` does.
 *
 * @throws The first problem.
 */
export function checkLabels(at: string, what: string, labels: { [key: string]: string } | undefined): void {
  const [problem] = labelProblems(at, what, labels);
  if (problem) throw userError(problem);
}

/**
 * Checks the keys and values of a map.
 */
export function entryProblems(at: string, what: string, map: unknown, keyRule: NameRule, valueRule: NameRule): Problem[] {
  return Object.entries(map ?? {}).flatMap(([key, value]) => [
    ...textProblems(at, `the key of ${what} ${show(key)}`, key, keyRule),
    ...textProblems(at, `${what} ${show(key)}`, value, valueRule),
  ]);
}

/**
 * Checks a value that must be a text and follow a rule.
 */
export function textProblems(at: string, what: string, value: unknown, nameRule: NameRule): Problem[] {
  if (typeof value !== 'string') return [{ at, given: `${what} is ${show(value)}`, expected: 'a text', fix: 'write a text; quote a number or a boolean in YAML' }];
  const expected = nameRule(value);
  return expected ? [{ at, given: `${what} is ${show(value)}`, expected, fix: `change it${similarName(value, nameRule)}` }] : [];
}

/**
 * Checks the name of a namespace. Namespaces that a cluster uses itself (`kube-*`) or shares (`default`) are refused unless they are allowed.
 *
 * @param at The construct path, or an empty text.
 */
export function checkNamespace(at: string, namespace: string, allowProtected = false): void {
  const expected = dns1123Label(namespace);
  if (expected) throw userError({ at, given: `namespace is ${show(namespace)}`, expected, fix: 'name an existing namespace, such as "my-app"' });
  if (allowProtected || !isProtectedNamespace(namespace)) return;
  throw userError({
    at,
    given: `namespace is ${show(namespace)}`,
    expected: 'a namespace of the application\'s own, not "default" or "kube-*"',
    fix: 'create one for it, or allow this one (allowProtectedNamespace, --allow-protected-namespace)',
  });
}

function isProtectedNamespace(namespace: string): boolean {
  return namespace === 'default' || namespace.startsWith('kube-');
}
