import { HttpError } from '../../../src/cli/base/failure';
import { accountUses } from '../../../src/cli/revoke/account-uses';

const ACCOUNT = { namespace: 'example', name: 'gitlab' };
const PODS = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true, verbs: ['list'] };

/** A cluster that serves Pods and these lists, by path. */
function clusterWith(lists: Record<string, object[] | Error>, kinds: object[] = [PODS]) {
  const paths: string[] = [];
  const get = async (path: string) => {
    paths.push(path);
    const list = lists[path] ?? [];
    if (list instanceof Error) throw list;
    return { items: list };
  };
  return { paths, cluster: { resources: async () => kinds, get } as never };
}

const binding = (name: string, namespace: string | undefined, ...subjects: object[]) =>
  ({ metadata: { name, namespace, creationTimestamp: 'then' }, roleRef: { kind: 'ClusterRole', name: 'edit' }, subjects });

test('bindings of all namespaces that name the account are listed, by kind of subject', async () => {
  const { cluster } = clusterWith({
    '/apis/rbac.authorization.k8s.io/v1/rolebindings': [
      binding('by-account', 'example', { kind: 'ServiceAccount', namespace: 'example', name: 'gitlab' }),
      binding('by-user', 'other', { kind: 'User', name: 'system:serviceaccount:example:gitlab' }),
      binding('of-other-namespace', 'other', { kind: 'ServiceAccount', namespace: 'other', name: 'gitlab' }),
      binding('of-group', 'example', { kind: 'Group', name: 'system:serviceaccounts:example' }),
    ],
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings': [binding('everywhere', undefined, { kind: 'ServiceAccount', namespace: 'example', name: 'gitlab' })],
  });
  const { objects } = await accountUses(cluster, ACCOUNT);
  expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['RoleBinding by-account', 'RoleBinding other/by-user', 'ClusterRoleBinding everywhere']);
});

test('the owner of a pod is said', async () => {
  const metadata = { name: 'web-1', namespace: 'example', creationTimestamp: 'then', ownerReferences: [{ kind: 'ReplicaSet', name: 'web' }] };
  const { cluster } = clusterWith({ '/api/v1/namespaces/example/pods': [{ metadata, spec: { serviceAccountName: 'gitlab' } }] });
  expect((await accountUses(cluster, ACCOUNT)).objects).toEqual([
    { kind: 'Pod', name: 'web-1', created: 'then', says: 'runs as ServiceAccount gitlab, owned by ReplicaSet web' },
  ]);
});

test('each resource is listed once, in the preferred version, and Secrets are not read', async () => {
  const rollouts = { group: 'example.com', kind: 'Rollout', resource: 'rollouts', namespaced: true, verbs: ['list'] };
  const { cluster, paths } = clusterWith({}, [
    { ...rollouts, version: 'v2' }, { ...rollouts, version: 'v1' }, { ...PODS, resource: 'secrets' },
    { ...PODS, resource: 'nodes', namespaced: false }, { ...PODS, resource: 'bindings', verbs: ['create'] },
  ]);
  await accountUses(cluster, ACCOUNT);
  expect(paths.filter((path) => !path.includes('rbac'))).toEqual(['/apis/example.com/v2/namespaces/example/rollouts']);
});

test('a resource that cannot be listed is named with the reason', async () => {
  const { cluster } = clusterWith({ '/api/v1/namespaces/example/pods': new HttpError('list pods: 403 Forbidden', 403) });
  expect((await accountUses(cluster, ACCOUNT)).unchecked).toEqual(['pods: list pods: 403 Forbidden']);
});
