import { JsonObject } from '../../../../src/base/json';
import { ApiError } from '../../../../src/cli/cluster/status';
import type { ReleaseObject } from '../../../../src/cli/deploy/objects/release';
import { checkBoundAccounts } from '../../../../src/cli/deploy/plan/bound-accounts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const BINDINGS = `${RBAC}/namespaces/example/rolebindings`;

/** Checks objects against a cluster with these objects by path. `denied` is a 403, and a missing path a 404. */
async function check(objects: ReleaseObject[], answers: Record<string, object | 'denied'>, ...allowed: string[]) {
  const [requests, said]: string[][] = [[], []];
  const get = async (path: string) => {
    requests?.push(path);
    const answer = answers[path];
    if (answer === 'denied' || answer === undefined) throw new ApiError('get', answer ? 403 : 404, { kind: 'Status', message: 'roles is forbidden: User "x" cannot get' });
    return answer;
  };
  const accounts = { deployers: [], allowed, option: (account: string) => `--allow ${account}` };
  const options = { namespace: 'example', accounts, say: (line: string) => void said?.push(line) };
  const message = await checkBoundAccounts({ get } as never, objects, options).then(() => 'accepted', (error: Error) => error.message);
  return { message, requests, said };
}

const object = (kind: string, name: string, value: object = {}): ReleaseObject =>
  ({ at: `${name}.yaml:1:1`, apiVersion: 'v1', kind, name, value: value as JsonObject });
const pod = (serviceAccountName?: string) => object('Pod', 'web', { spec: { serviceAccountName } });
const bindings = (roleRef: object, name = 'operator', namespace = 'example') => ({ items: [{ roleRef, subjects: [{ kind: 'ServiceAccount', name, namespace }] }] });

test.each<[string, object]>([
  ['create pods', { apiGroups: [''], resources: ['pods'], verbs: ['create'] }],
  ['change Deployments', { apiGroups: ['apps'], resources: ['*'], verbs: ['patch'] }],
  ['read all Secrets', { apiGroups: ['*'], resources: ['secrets'], verbs: ['get'] }],
  ['request tokens', { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['*'] }],
])('an account that may %s is refused', async (_, rule) => {
  const role = { [BINDINGS]: bindings({ kind: 'Role', name: 'operate' }), [`${RBAC}/namespaces/example/roles/operate`]: { rules: [rule] } };
  expect((await check([pod('operator')], role)).message).toBe(
    '1 of 1 objects cannot be applied, so nothing was written\n  web.yaml:1:1: Pod web: spec.serviceAccountName is "operator", '
    + 'which Role operate gives more rights in example than a workload needs; use another account, or allow this one by name (--allow operator)',
  );
  expect((await check([pod('operator')], role, 'operator')).message).toBe('accepted');
});

test.each<[string, object]>([
  ['reads one Secret', { apiGroups: [''], resources: ['secrets'], resourceNames: ['own'], verbs: ['get'] }],
  ['elects a leader', { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'] }],
  ['watches pods', { apiGroups: [''], resources: ['pods', 'endpoints'], verbs: ['get', 'list', 'watch'] }],
])('an account that only %s is accepted', async (_, rule) => {
  const role = { [BINDINGS]: bindings({ kind: 'Role', name: 'own' }), [`${RBAC}/namespaces/example/roles/own`]: { rules: [rule] } };
  expect(await check([pod('operator')], role)).toMatchObject({ message: 'accepted', said: [] });
});

test.each([['admin', 'which ClusterRole admin gives'], ['edit', 'which ClusterRole edit gives'], ['view', 'accepted']])(
  'the ClusterRole %s is known without a request', async (name, message) => {
    const { message: found, requests } = await check([pod('operator')], { [BINDINGS]: bindings({ kind: 'ClusterRole', name }) });
    expect(found).toContain(message);
    expect(requests).toEqual([BINDINGS]);
  });

test('a binding of another account, or of another namespace, says nothing about the account', async () => {
  const admin = { kind: 'ClusterRole', name: 'admin' };
  expect((await check([pod('operator')], { [BINDINGS]: bindings(admin, 'other') })).message).toBe('accepted');
  expect((await check([pod('operator')], { [BINDINGS]: bindings(admin, 'operator', 'elsewhere') })).message).toBe('accepted');
});

test('nothing is read for objects without an account, with the account default, or with an account of the release', async () => {
  const own = [pod('operator'), object('ServiceAccount', 'operator')];
  for (const objects of [[pod()], [pod('default')], own]) expect(await check(objects, {})).toEqual({ message: 'accepted', requests: [], said: [] });
});

test('a line names the roles and bindings that the credential may not read', async () => {
  expect((await check([pod('operator')], { [BINDINGS]: 'denied' })).said).toEqual([
    'not checked whether ServiceAccount operator has more rights than a workload: the credential may not list RoleBindings in example',
  ]);
  const unreadable = { [BINDINGS]: bindings({ kind: 'ClusterRole', name: 'monitoring' }), [`${RBAC}/clusterroles/monitoring`]: 'denied' as const };
  expect(await check([pod('operator')], unreadable)).toMatchObject({
    message: 'accepted',
    said: ['not checked whether ServiceAccount operator has more rights than a workload: the credential may not get ClusterRole monitoring'],
  });
});
