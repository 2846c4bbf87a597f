import * as fc from 'fast-check';
import { allowsAccess } from '../../../src/cli/verify/access-request';
import { DEFAULT_RULES } from '../../../src/cli/verify/default-rights';
import { beyond, describeRequests, requestsOf } from '../../../src/cli/verify/rule-coverage';
import { PolicyRule } from '../../../src/kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../../../src/kubernetes/user-facing-roles';

const rule = (verbs: string, groups: string, resources: string, names = ''): PolicyRule => {
  const list = (text: string) => text.split(' ').map((word) => (word === 'core' ? '' : word));
  return { verbs: list(verbs), apiGroups: list(groups), resources: list(resources), resourceNames: names ? list(names) : [] };
};

describe('what some rules allow beyond others', () => {
  test.each<[string, PolicyRule[], PolicyRule[], string[]]>([
    ['nothing beyond themselves', [rule('get list', 'core apps', 'pods')], [rule('get list', 'core apps', 'pods')], []],
    ['nothing beyond two rules that cover them together', [rule('get list', 'core', 'pods')], [rule('get', 'core', 'pods'), rule('list', 'core', 'pods')], []],
    ['another verb', [rule('get delete', 'core', 'pods')], [rule('get', 'core', 'pods')], ['pods (delete)']],
    ['another group', [rule('get', 'core apps', 'events')], [rule('get', 'core', 'events')], ['events.apps (get)']],
    ['a subresource', [rule('get', 'core', 'pods pods/exec')], [rule('get', 'core', 'pods')], ['pods/exec (get)']],
    ['every verb, whatever verbs there are', [rule('*', 'core', 'pods')], [rule('get list watch create update patch delete', 'core', 'pods')], ['pods (*)']],
    ['every group', [rule('get', '*', 'pods')], [rule('get', 'core', 'pods')], ['pods.* (get)']],
    ['every resource', [rule('get', 'core', '*')], [rule('get', 'core', 'pods secrets')], ['* (get)']],
    ['a subresource of everything', [rule('get', 'apps', '*/scale')], [rule('get', 'apps', 'deployments/scale')], ['*.apps/scale (get)']],
    ['nothing beyond a wildcard', [rule('get', 'apps', 'deployments */scale'), rule('*', '*', '*')], [rule('*', '*', '*')], []],
    ['every name, when only one is covered', [rule('get', 'core', 'secrets')], [rule('get', 'core', 'secrets', 'mine')], ['secrets (get)']],
    ['another name', [rule('get', 'core', 'secrets', 'mine yours')], [rule('get', 'core', 'secrets', 'mine')], ['secrets/"yours" (get)']],
    ['no name beyond all of them', [rule('get', 'core', 'secrets', 'mine')], [rule('get', 'core', 'secrets')], []],
    ['a path', [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/healthz'] }], DEFAULT_RULES.slice(), ['/metrics (get)']],
  ])('%s', (_, rules, limits, expected) => {
    expect(describeRequests(beyond(rules, limits))).toEqual(expected);
  });

  test('ClusterRole edit has nothing beyond admin, and admin the rights to give rights beyond edit', () => {
    expect(beyond(EDIT_RULES, ADMIN_RULES)).toEqual([]);
    expect(describeRequests(beyond(ADMIN_RULES, EDIT_RULES))).toEqual([
      'rolebindings.rbac.authorization.k8s.io (get, list, watch, create, delete, deletecollection, patch, update)',
      'roles.rbac.authorization.k8s.io (get, list, watch, create, delete, deletecollection, patch, update)',
      'localsubjectaccessreviews.authorization.k8s.io (create)',
    ]);
  });
});

const some = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const rules = fc.array(fc.record({
  verbs: some('get', 'list', '*'),
  apiGroups: some('', 'apps', '*'),
  resources: some('pods', 'pods/log', 'deployments/scale', '*/scale', '*'),
  resourceNames: fc.oneof(fc.constant([]), some('web', 'api')),
}), { maxLength: 4 });

test('rules of which none is beyond others allow nothing that those do not', () => {
  fc.assert(fc.property(rules, rules, rules, (inner, outer, asked) => {
    const covered = inner.filter((one) => beyond([one], outer).length === 0);
    for (const request of asked.flatMap(requestsOf)) {
      if (allowsAccess(covered, request)) expect(allowsAccess(outer, request)).toBe(true);
    }
  }));
});

test('what is beyond others is allowed by the rules, and not by the others', () => {
  fc.assert(fc.property(rules, rules, (inner, outer) => {
    for (const request of beyond(inner, outer)) expect([allowsAccess(inner, request), allowsAccess(outer, request)]).toEqual([true, false]);
  }));
});
