import * as fc from 'fast-check';
import { allowsAccess, uncoveredRequests, describeRequests, requestsOf } from '../../../src/cli/verify/access-request';
import { DEFAULT_RULES } from '../../../src/cli/verify/expectation';
import { PolicyRule } from '../../../src/kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../../../src/kubernetes/user-facing-roles';

const rule = (verbs: string, groups: string, resources: string, names = ''): PolicyRule => {
  const list = (text: string) => text.split(' ').map((word) => (word === 'core' ? '' : word));
  return { verbs: list(verbs), apiGroups: list(groups), resources: list(resources), resourceNames: names ? list(names) : [] };
};

describe('the requests that other rules do not cover', () => {
  test.each<[string, PolicyRule[], PolicyRule[], string[]]>([
    ['are none for the same rules', [rule('get list', 'core apps', 'pods')], [rule('get list', 'core apps', 'pods')], []],
    ['are none for two rules that together cover a rule', [rule('get list', 'core', 'pods')], [rule('get', 'core', 'pods'), rule('list', 'core', 'pods')], []],
    ['include another verb', [rule('get delete', 'core', 'pods')], [rule('get', 'core', 'pods')], ['pods (delete)']],
    ['include another group', [rule('get', 'core apps', 'events')], [rule('get', 'core', 'events')], ['events.apps (get)']],
    ['include a subresource', [rule('get', 'core', 'pods pods/exec')], [rule('get', 'core', 'pods')], ['pods/exec (get)']],
    ['include the wildcard verb, whatever verbs are covered', [rule('*', 'core', 'pods')], [rule('get list watch create update patch delete', 'core', 'pods')], ['pods (*)']],
    ['include the wildcard group', [rule('get', '*', 'pods')], [rule('get', 'core', 'pods')], ['pods.* (get)']],
    ['include the wildcard resource', [rule('get', 'core', '*')], [rule('get', 'core', 'pods secrets')], ['* (get)']],
    ['include a subresource of the wildcard resource', [rule('get', 'apps', '*/scale')], [rule('get', 'apps', 'deployments/scale')], ['*.apps/scale (get)']],
    ['are none for a wildcard', [rule('get', 'apps', 'deployments */scale'), rule('*', '*', '*')], [rule('*', '*', '*')], []],
    ['include all objects, when only one name is covered', [rule('get', 'core', 'secrets')], [rule('get', 'core', 'secrets', 'mine')], ['secrets (get)']],
    ['include another name', [rule('get', 'core', 'secrets', 'mine yours')], [rule('get', 'core', 'secrets', 'mine')], ['secrets/"yours" (get)']],
    ['are none for a name, when all objects are covered', [rule('get', 'core', 'secrets', 'mine')], [rule('get', 'core', 'secrets')], []],
    ['include a URL', [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/healthz'] }], DEFAULT_RULES.slice(), ['/metrics (get)']],
  ])('%s', (_, rules, limits, expected) => {
    expect(describeRequests(uncoveredRequests(rules, limits))).toEqual(expected);
  });

  test('are none for ClusterRole edit in admin, and the rights on RBAC objects for admin in edit', () => {
    expect(uncoveredRequests(EDIT_RULES, ADMIN_RULES)).toEqual([]);
    expect(describeRequests(uncoveredRequests(ADMIN_RULES, EDIT_RULES))).toEqual([
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

test('rules that other rules cover allow no more than those', () => {
  fc.assert(fc.property(rules, rules, rules, (inner, outer, asked) => {
    const covered = inner.filter((one) => uncoveredRequests([one], outer).length === 0);
    for (const request of asked.flatMap(requestsOf)) {
      if (allowsAccess(covered, request)) expect(allowsAccess(outer, request)).toBe(true);
    }
  }));
});

test('an uncovered request is allowed by the rules and not by the others', () => {
  fc.assert(fc.property(rules, rules, (inner, outer) => {
    for (const request of uncoveredRequests(inner, outer)) {
      expect([allowsAccess(inner, request), allowsAccess(outer, request)]).toEqual([true, false]);
    }
  }));
});
