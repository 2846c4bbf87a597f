import { dns1123Label } from './names';
import { userError, show } from '../base/user-error';

/**
 * Refuses what is no namespace's name and, unless allowed, the namespaces that a cluster keeps for itself or shares:
 * `default` and `kube-*`.
 *
 * @param at The construct path, if there is one.
 */
export function checkNamespace(at: string, namespace: string, allowProtected = false): void {
  const expected = dns1123Label(namespace);
  if (expected) throw userError({ at, given: `namespace is ${show(namespace)}`, expected, fix: 'name an existing namespace' });
  if (allowProtected || !isProtectedNamespace(namespace)) return;
  throw userError({
    at,
    given: `namespace is ${show(namespace)}`,
    expected: 'a namespace of the application\'s own, not "default" or "kube-*"',
    fix: 'create one for it, or allow this one (allowProtectedNamespace, --allow-protected-namespace)',
  });
}

/**
 * Whether the cluster keeps this namespace for itself (`kube-*`) or everyone lands in it (`default`).
 */
function isProtectedNamespace(namespace: string): boolean {
  return namespace === 'default' || namespace.startsWith('kube-');
}
