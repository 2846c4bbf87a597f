import { objectsCreatedSince } from '../../../src/cli/revoke/created-objects';

const [BEFORE, GRANTED, AFTER] = ['2026-11-24T14:59:59Z', '2026-11-24T15:00:00Z', '2026-11-24T15:00:01Z'];

/** A cluster with these objects, by the end of their collection's path. */
function holding(objects: Record<string, object[]>) {
  return { get: async (path: string) => ({ items: objects[path.split('/').pop() ?? ''] ?? [] }) } as never;
}

const named = (name: string, others: object = {}, creationTimestamp = AFTER) => ({ metadata: { name, creationTimestamp }, ...others });

async function said(objects: Record<string, object[]>, since: string | undefined = GRANTED): Promise<string[]> {
  return (await objectsCreatedSince(holding(objects), 'example', since)).map(({ kind, name, says }) => `${kind} ${name}: ${says}`);
}

test('everything that outlives a credential is said with what it gives', async () => {
  const subjects = [{ kind: 'ServiceAccount', namespace: 'other', name: 'thief' }, { kind: 'User', name: 'eve' }];
  const metadata = { name: 'hidden', creationTimestamp: AFTER, annotations: { 'kubernetes.io/service-account.name': 'gitlab-example' } };
  expect(await said({
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
    'ServiceAccount helper: tokens of it may have been made',
    'Secret hidden: a token of ServiceAccount gitlab-example that never expires',
    'CronJob wake: runs * * * * *',
  ]);
});

describe('of when', () => {
  const objects = { roles: [named('before', {}, BEFORE), named('then', {}, GRANTED), named('after')] };

  test('what is older than the grant is left out', async () => {
    expect(await said(objects)).toEqual(['Role then: 0 rules', 'Role after: 0 rules']);
  });

  test('everything is listed where the grant is not known', async () => {
    expect(await objectsCreatedSince(holding(objects), 'example', undefined)).toHaveLength(3);
  });
});

test('an answer of another shape is no object', async () => {
  expect(await objectsCreatedSince({ get: async () => ({ items: 'none' }) } as never, 'example', undefined)).toEqual([]);
});
