import * as fc from 'fast-check';
import { newSecret, parseDockerConfig, patchOf, StoredSecret, storedSecret } from '../../../../src/cli/deploy/pull-secret/secret-client';
import { conflictingUsers, EMPTY_CONFIG, isSame, isUnused, SharedDockerConfig, Use, withFormerUse, withoutUse, withUse } from '../../../../src/cli/deploy/pull-secret/shared-docker-config';

const use = (app: string, registry: string, password = 'secret', project = '7'): Use =>
  ({ identity: { project, environment: 'production', app }, credentials: { registry, username: 'user', password } });

const both = withUse(withUse(EMPTY_CONFIG, 'web', use('web', 'a.example.com')), 'shop', use('shop', 'b.example.com'));

test('two applications have their credentials side by side', () => {
  expect(Object.keys(both.auths)).toEqual(['a.example.com', 'b.example.com']);
  expect(both.auths['a.example.com']).toEqual({ username: 'user', password: 'secret', auth: 'dXNlcjpzZWNyZXQ=' });
});

test('an application removes only its own credentials', () => {
  expect(withoutUse(both, 'web')).toEqual(withUse(EMPTY_CONFIG, 'shop', use('shop', 'b.example.com')));
});

test('credentials of two applications stay until both have removed them', () => {
  const shared = withUse(both, 'shop', use('shop', 'a.example.com'));
  expect(Object.keys(withoutUse(shared, 'web').auths)).toEqual(['a.example.com', 'b.example.com']);
  expect(isUnused(withoutUse(withoutUse(shared, 'web'), 'shop'))).toBe(true);
});

test('credentials of an unknown owner stay', () => {
  const foreign: SharedDockerConfig = { auths: { 'c.example.com': { auth: 'eDp5' } }, users: new Map() };
  const rest = withoutUse(withUse(foreign, 'web', use('web', 'a.example.com')), 'web');
  expect(rest).toEqual(foreign);
  expect(isUnused(rest)).toBe(false);
});

test('the registry of an earlier release stays until this one is settled', () => {
  const moved = withUse(both, 'web', use('web', 'new.example.com'));
  expect(Object.keys(moved.auths)).toEqual(['a.example.com', 'b.example.com', 'new.example.com']);
  expect(Object.keys(withoutUse(moved, 'web', ['new.example.com']).auths)).toEqual(['b.example.com', 'new.example.com']);
});

test.each<[string, Use, number]>([
  ['the same credentials', use('web', 'b.example.com'), 0],
  ['newer credentials of an application of the same project', use('web', 'b.example.com', 'rotated'), 0],
  ['those of another project', use('web', 'b.example.com', 'other', '8'), 1],
  ['those of another project for a path of its own', use('web', 'b.example.com/group/web', 'other', '8'), 0],
])('%s conflict with other users', (_, wanted, count) => {
  expect(conflictingUsers(both, 'web', wanted)).toHaveLength(count);
});

test('credentials of an unknown owner conflict with others', () => {
  const foreign: SharedDockerConfig = { auths: { 'a.example.com': { username: 'user', password: 'theirs' } }, users: new Map() };
  expect(conflictingUsers(foreign, 'web', use('web', 'a.example.com'))).toEqual([undefined]);
  expect(conflictingUsers(foreign, 'web', use('web', 'a.example.com', 'theirs'))).toEqual([]);
});

test('Docker Hub has the key that the kubelet looks for', () => {
  expect(Object.keys(withUse(EMPTY_CONFIG, 'web', use('web', 'docker.io')).auths)).toEqual(['https://index.docker.io/v1/']);
});

test('adding and removing a use restores the content, and the written Secret can be read again', () => {
  const registries = fc.constantFrom('a.example.com', 'b.example.com', 'c.example.com/path', 'docker.io');
  const uses = fc.array(fc.record({ app: fc.constantFrom('web', 'shop', 'api'), registry: registries }));
  fc.assert(fc.property(uses, registries, (others, registry) => {
    const before = others.reduce((secret, other) => withUse(secret, other.app, use(other.app, other.registry)), EMPTY_CONFIG);
    const during = withUse(before, 'mine', use('mine', registry));
    expect(isSame(withoutUse(during, 'mine'), before)).toBe(true);
    const read = storedSecret({ ...newSecret('gitlab', during) }) as StoredSecret;
    expect(isSame(read, during)).toBe(true);
  }));
});

test('restoring a use brings back the former content, whoever wrote it', () => {
  const registries = fc.constantFrom('a.example.com', 'b.example.com', 'docker.io');
  const uses = fc.array(fc.record({ app: fc.constantFrom('web', 'shop', 'mine'), registry: registries, password: fc.constantFrom('old', 'older') }));
  fc.assert(fc.property(uses, registries, fc.constantFrom('old', 'new'), (others, registry, password) => {
    const before = others.reduce((secret, other) => withUse(secret, other.app, use(other.app, other.registry, other.password)), EMPTY_CONFIG);
    const mine = use('mine', registry, password);
    expect(isSame(withFormerUse(withUse(before, 'mine', mine), 'mine', mine, before), before)).toBe(true);
  }));
});

test('restoring a use keeps later changes of others', () => {
  const before = withUse(EMPTY_CONFIG, 'mine', use('mine', 'a.example.com', 'old'));
  const during = withUse(before, 'mine', use('mine', 'a.example.com', 'wrong'));
  const since = withUse(during, 'shop', use('shop', 'a.example.com', 'rotated'));
  expect(withFormerUse(since, 'mine', use('mine', 'a.example.com', 'wrong'), before).auths['a.example.com']).toMatchObject({ password: 'rotated' });
  expect(withFormerUse(since, 'mine', use('mine', 'a.example.com', 'wrong'), EMPTY_CONFIG).auths['a.example.com']).toMatchObject({ password: 'rotated' });

  const joined = withUse(withUse(EMPTY_CONFIG, 'mine', use('mine', 'a.example.com')), 'shop', use('shop', 'a.example.com'));
  expect(Object.keys(withFormerUse(joined, 'mine', use('mine', 'a.example.com'), EMPTY_CONFIG).auths)).toEqual(['a.example.com']);
});

test('a patch has the uid and resourceVersion that were read, and removes labels and annotations by name', () => {
  const before = { ...both, uid: 'u', resourceVersion: '5' };
  const patch = patchOf(before, withoutUse(both, 'web'));
  expect(patch).toMatchObject({
    metadata: { uid: 'u', resourceVersion: '5', labels: { 'pull-secret.cdk8s-ci-deploy/web': null }, annotations: { 'pull-secret.cdk8s-ci-deploy/web': null } },
  });
  expect(parseDockerConfig(String((patch.data as Record<string, unknown>)['.dockerconfigjson']))).toHaveProperty(['b.example.com']);
});

test.each<[string, object, RegExp]>([
  ['of another type', { type: 'Opaque' }, /its type is "Opaque"/],
  ['of a release', { metadata: { labels: { 'cdk8s-ci-deploy/part-of': 'x' } } }, /it is among the manifests of/],
  ['that a controller writes', { metadata: { ownerReferences: [{ kind: 'ExternalSecret', name: 'pull', controller: true }] } }, /it is controlled by ExternalSecret pull/],
  ['that is immutable', { immutable: true }, /it is immutable/],
  ['that is being deleted', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, /it is being deleted/],
  ['whose value is invalid', { data: { '.dockerconfigjson': 'bm90IGpzb24=' } }, /its value cannot be read/],
  ['whose annotations are damaged', { metadata: { annotations: { 'pull-secret.cdk8s-ci-deploy/x': '{' } } }, /its annotations cannot be read/],
])('a Secret %s is rejected', (_, differing, expected) => {
  const secret = { type: 'kubernetes.io/dockerconfigjson', metadata: {}, data: { '.dockerconfigjson': 'e30=' } };
  expect(storedSecret({ ...secret, ...differing })).toMatchObject({ given: expect.stringMatching(expected) });
});
