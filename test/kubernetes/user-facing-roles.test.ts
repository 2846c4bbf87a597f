import { allows, PolicyRule } from '../../src/kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../../src/kubernetes/user-facing-roles';
import { describeVectors, printAgreement } from '../support/vectors';

const request = (verb: string, group: string, path: string) => {
  const [resource = '', subresource] = path.split('/');
  return { verb, group, resource, subresource };
};

test.each([
  ['create', 'apps', 'deployments', true, true],
  ['get', '', 'secrets', true, true],
  ['create', '', 'serviceaccounts/token', true, true],
  ['impersonate', '', 'serviceaccounts', true, true],
  ['create', '', 'pods/exec', true, true],
  ['create', 'rbac.authorization.k8s.io', 'rolebindings', true, false],
  ['bind', 'rbac.authorization.k8s.io', 'roles', false, false],
  ['escalate', 'rbac.authorization.k8s.io', 'roles', false, false],
  ['get', '', 'resourcequotas', true, true],
  ['create', '', 'resourcequotas', false, false],
  ['delete', '', 'namespaces', false, false],
  ['get', '', 'nodes', false, false],
  ['create', '', 'endpoints', false, false],
])('the rules decide about %s in group "%s" of %s: admin %s, edit %s', (verb, group, path, admin, edit) => {
  expect([allows(ADMIN_RULES, request(verb, group, path)), allows(EDIT_RULES, request(verb, group, path))]).toEqual([admin, edit]);
});

interface RoleVectors {
  readonly rules: Array<Required<Pick<PolicyRule, 'apiGroups' | 'resources' | 'verbs'>> & { readonly from: string }>;
}

describeVectors<RoleVectors>('clusterrole-admin.json', ({ rules }) => {
  const rights = rules.flatMap(({ apiGroups, resources, verbs, from }) =>
    apiGroups.flatMap((group) => resources.flatMap((path) => verbs.map((verb) => ({ from, ...request(verb, group, path) })))));

  test('ADMIN_RULES allow all rights of the ClusterRole, and EDIT_RULES those from edit and view', () => {
    const agreed = rights.filter((right) => allows(ADMIN_RULES, right) && (right.from === 'admin' || allows(EDIT_RULES, right)));
    printAgreement('clusterrole-admin.json', agreed.length, rights.length);
    expect(agreed).toHaveLength(rights.length);
  });
});
