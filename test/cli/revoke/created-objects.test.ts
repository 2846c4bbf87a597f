import { objectsCreatedSince } from '../../../src/cli/revoke/created-objects';

const [BEFORE, GRANTED, AFTER] = ['2026-11-24T14:59:59Z', '2026-11-24T15:00:00Z', '2026-11-24T15:00:01Z'];

/** A cluster with these objects, by the plural name of their kind. */
function clusterWith(objects: Record<string, object[]>) {
  return { get: async (path: string) => ({ items: objects[path.split('/').pop() ?? ''] ?? [] }) } as never;
}

const named = (name: string, others: object = {}, creationTimestamp = AFTER) => ({ metadata: { name, creationTimestamp }, ...others });

async function listed(objects: Record<string, object[]>, since: string | undefined = GRANTED): Promise<string[]> {
  return (await objectsCreatedSince(clusterWith(objects), 'example', since)).map(({ kind, name, says }) => `${kind} ${name}: ${says}`);
}

test('the list has every object that keeps access alive, with its effect', async () => {
  const subjects = [{ kind: 'ServiceAccount', namespace: 'other', name: 'thief' }, { kind: 'User', name: 'eve' }];
  const metadata = { name: 'hidden', creationTimestamp: AFTER, annotations: { 'kubernetes.io/service-account.name': 'gitlab-example' } };
  expect(await listed({
    rolebindings: [named('back-door', { roleRef: { kind: 'ClusterRole', name: 'admin' }, subjects }), named('empty', { roleRef: { kind: 'Role', name: 'x' } })],
    roles: [named('all', { rules: [{}, {}] }), named('nothing')],
    serviceaccounts: [named('helper'), named('default')],
    secrets: [{ metadata, type: 'kubernetes.io/service-account-token' }, named('password', { type: 'Opaque' })],
    cronjobs: [named('wake', { spec: { schedule: '* * * * *' } })],
  })).toEqual([
    'RoleBinding back-door: ClusterRole admin to ServiceAccount other/thief, User eve',
    'RoleBinding empty: Role x to nobody',
    'Role all: 2 rules',
    'Role nothing: 0 rules',
    'ServiceAccount helper: may have tokens',
    'Secret hidden: a token of ServiceAccount gitlab-example that never expires',
    'CronJob wake: runs * * * * *',
  ]);
});

describe('the time of the grant', () => {
  const objects = { roles: [named('before', {}, BEFORE), named('then', {}, GRANTED), named('after')] };

  test('excludes older objects', async () => {
    expect(await listed(objects)).toEqual(['Role then: 0 rules', 'Role after: 0 rules']);
  });

  test('excludes nothing when it is unknown', async () => {
    expect(await objectsCreatedSince(clusterWith(objects), 'example', undefined)).toHaveLength(3);
  });
});

test('an answer without items gives an empty list', async () => {
  expect(await objectsCreatedSince({ get: async () => ({ items: 'none' }) } as never, 'example', undefined)).toEqual([]);
});
