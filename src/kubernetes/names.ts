/**
 * Kubernetes' own rules for names, labels and annotations, as k8s.io/apimachinery checks them
 * (pkg/util/validation and pkg/api/validation). Each rule answers with what it expects, or nothing when the value passes.
 */
export type NameRule = (value: string) => string | undefined;

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const QUALIFIED = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Namespaces and containers. */
export const dns1123Label: NameRule = rule(63, new RegExp(`^${LABEL}$`),
  'a DNS label (lower-case letters, digits and "-", starting and ending with a letter or digit)');

/** ServiceAccounts, Deployments, Secrets, ConfigMaps and most others. */
export const dns1123Subdomain: NameRule = rule(253, new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
  'a DNS subdomain (lower-case letters, digits, "-" and ".", each part starting and ending with a letter or digit)');

/** Services. */
export const dns1035Label: NameRule = rule(63, /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  'a DNS label that starts with a letter (lower-case letters, digits and "-")');

/** Roles and RoleBindings. */
export const pathSegment: NameRule = (value) =>
  value !== '' && value !== '.' && value !== '..' && !/[/%]/.test(value) ? undefined : 'a name other than "." and ".." without "/" and "%"';

/** Environment variables of a container. Kubernetes before 1.32 knows no wider rule. */
export const envVarName: NameRule = (value) =>
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value) && value !== '.' && !value.startsWith('..')
    ? undefined
    : 'a variable name (letters, digits, "_", "-" and ".", not starting with a digit or "..")';

/** Label values. */
export const labelValue: NameRule = (value) =>
  value === '' || (value.length <= 63 && QUALIFIED.test(value))
    ? undefined
    : 'a label value (at most 63 letters, digits, "-", "_" and ".", starting and ending with a letter or digit)';

/** Label keys, and annotation keys in lower case: `[prefix/]name`. */
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

/** Bytes that all annotations of an object may have together, keys and values. */
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
