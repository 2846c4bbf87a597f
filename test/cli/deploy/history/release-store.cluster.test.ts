import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { cluster, eachWithRelease, identity } from './in-namespace';
import { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { NextObject, NextRelease } from '../../../../src/cli/deploy/history/history';
import { ReleaseStore, StoreOptions } from '../../../../src/cli/deploy/history/release-store';
import { partName, releaseName } from '../../../../src/release/release-names';
import { FakeClock } from '../../../support/fake-clock';

const NAMESPACE = 'record-test';
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;

eachWithRelease(NAMESPACE, 'review/a branch');

function store(options: StoreOptions = {}, through = cluster): ReleaseStore {
  return new ReleaseStore(through, NAMESPACE, identity, new FakeClock(), options);
}

function configMap(name: string, data: object = { a: 'b' }): NextObject {
  const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data };
  return { at: `${name}.yaml:1:1`, apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name, value: JSON.parse(JSON.stringify(value)) };
}

function object(apiVersion: string, kind: string, resource: string, name: string, more: object): NextObject {
  const value = { apiVersion, kind, metadata: { name }, ...more };
  return { at: 'file.yaml:1:1', apiVersion, kind, resource, name, value: JSON.parse(JSON.stringify(value)) };
}

const release = (...objects: NextObject[]): NextRelease => ({ job: { pipelineIid: 7, jobId: 70, commit: 'abc' }, objects });

const names = (objects?: ReadonlyArray<{ readonly name: string }>) => objects?.map(({ name }) => name);

async function secret(name = releaseName(identity)): Promise<any> {
  return cluster.get(`${SECRETS}/${name}`);
}

/** The suffixes of the names of the record's Secrets. */
async function mine(): Promise<string[]> {
  const { items } = await cluster.get(SECRETS) as { items: Array<{ metadata: { name: string } }> };
  const name = releaseName(identity);
  return items.flatMap(({ metadata }) => (metadata.name.startsWith(name) ? metadata.name.slice(name.length) : []));
}

/** A ConfigMap with data that gzip cannot compress. */
const bulky = (name: string, bytes: number) => configMap(name, { noise: randomBytes(bytes * 3 / 4).toString('base64') });

describe('a first release', () => {
  test('is recorded before its apply', async () => {
    expect(await store().read()).toBeUndefined();
    await store().begin(release(configMap('one'), configMap('two')));

    expect(await store().read()).toMatchObject({
      identity,
      releases: [{ number: 1, outcome: 'begun', job: { pipelineIid: 7, jobId: 70, commit: 'abc' }, begun: '2026-01-01T00:00:00.000Z', objects: 2 }],
      objects: [{ apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'one' }, { name: 'two' }],
    });
  });

  test('has the uids of the applied objects, and its outcome', async () => {
    const writer = store();
    await writer.begin(release(configMap('one'), configMap('two')));
    await writer.applied([{ apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'two', uid: 'u2' }]);
    await writer.finish('deployed');

    const history = await store().read();
    expect(history?.releases[0]).toMatchObject({ outcome: 'deployed', ended: '2026-01-01T00:00:00.000Z' });
    expect(history?.objects.map(({ name, uid }) => [name, uid])).toEqual([['one', undefined], ['two', 'u2']]);
  });

  test('is one Secret that has its own type and the identity of its owner', async () => {
    await store().begin(release(configMap('one'), object('apps/v1', 'Deployment', 'deployments', 'web', {})));
    const { type, metadata, data } = await secret();
    expect(type).toBe('cdk8s-ci-deploy/release');
    expect(metadata.labels).toEqual({ 'cdk8s-ci-deploy/id': expect.stringMatching(/^release-[\w-]{43}-v1$/) });
    expect(metadata.annotations).toEqual({
      'cdk8s-ci-deploy/release-of': JSON.stringify(identity),
      'cdk8s-ci-deploy/tooling': 'cdk8s-ci-deploy/v2',
      'cdk8s-ci-deploy/contains-group-kinds': 'ConfigMap,Deployment.apps',
    });
    expect(Object.keys(data)).toEqual(['record', 'release-1']);
  });
});

test('the record has the objects of the previous release until they are removed', async () => {
  const writer = store();
  await writer.begin(release(configMap('one'), configMap('two')));
  await writer.finish('deployed');

  const next = store();
  await next.begin(release(configMap('two'), configMap('three')));
  const history = await store().read();
  expect(names(history?.objects)).toEqual(['one', 'two', 'three']);
  expect(history?.releases.map(({ number, outcome }) => [number, outcome])).toEqual([[2, 'begun'], [1, 'deployed']]);

  await next.finish('deployed', history?.objects.slice(0, 1));
  expect(names((await store().read())?.objects)).toEqual(['two', 'three']);
});

test('the record returns the manifests unchanged, but only the names of Secrets and RBAC objects', async () => {
  const kept = configMap('one', { 'text': 'ü\n$A', '${B}': '' });
  await store().begin(release(
    kept,
    object('v1', 'Secret', 'secrets', 'password', { stringData: { a: 'hunter2' }, data: { b: 'aHVudGVyMw==' } }),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', 'everyone', { subjects: [] }),
  ));

  const reader = store();
  await reader.read();
  expect(await reader.manifests({ number: 1 })).toEqual({
    objects: [{
      at: expect.stringMatching(/^release 1 in Secret record-test\/.*: ConfigMap "one"$/), apiVersion: 'v1', kind: 'ConfigMap', name: 'one', value: kept.value,
    }],
    withheld: [
      { apiVersion: 'v1', kind: 'Secret', name: 'password', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', name: 'everyone' },
    ],
  });
  await expect(reader.manifests({ number: 2 })).rejects.toThrow(/there is no release 2, expected one of 1; /);
});

test('the record keeps the newest releases and the last deployed one', async () => {
  for (const outcome of ['deployed', 'failed', 'undone', 'failed'] as const) {
    const writer = store({ keep: 2 });
    await writer.begin(release(configMap('one')));
    await writer.finish(outcome);
  }
  expect((await store().read())?.releases.map(({ number }) => number)).toEqual([4, 3, 1]);
  expect(Object.keys((await secret()).data)).toEqual(['record', 'release-1', 'release-3', 'release-4']);
});

describe('two writers', () => {
  test.each(['a first release', 'a later one'])('of %s cannot both succeed', async (which) => {
    if (which === 'a later one') await store().begin(release(configMap('zero')));
    const [a, b] = [store(), store()];
    await Promise.all([a.read(), b.read()]);
    await a.begin(release(configMap('a')));
    await expect(b.begin(release(configMap('b')))).rejects.toMatchObject({
      exitCode: 1, message: expect.stringMatching(/another job has changed it meanwhile, expected one deployment of the application at a time; /),
    });

    await a.finish('deployed');
    expect(names((await store().read())?.objects)).toContain('a');
    expect(names((await store().read())?.objects)).not.toContain('b');
  });

  test('do not mix: the slower one fails, and the record is that of the other', async () => {
    const [a, b] = [store(), store()];
    await a.begin(release(configMap('a')));
    await b.begin(release(configMap('b')));
    await expect(a.applied([{ ...configMap('a'), uid: 'made' }])).rejects.toThrow(/another job has changed it/);
    await b.finish('deployed');
    expect((await store().read())?.releases.map(({ outcome }) => outcome)).toEqual(['deployed', 'begun']);
  });
});

describe('a large release', () => {
  test('is split over several Secrets, whose numbers are used again', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const writer = store({ keep: 1 });
      const next = [bulky('one', 900_000), bulky('two', 900_000), bulky('three', 900_000)];
      await writer.begin(release(...next));
      await writer.finish('deployed');

      const reader = store();
      await reader.read();
      expect((await reader.manifests({ number: round })).objects.map(({ value }) => value)).toEqual(next.map(({ value }) => value));
    }
    expect(await mine()).toEqual(['', '-1', '-2', '-3', '-4', '-5', '-6']);
    await store().remove();
    expect(await mine()).toEqual([]);
  });

  test.each([1, 2, 3, 4])('leaves the previous record when its job is killed at write %d', async (dies) => {
    const last = store();
    await last.begin(release(configMap('before')));
    await last.finish('deployed');

    await expect(store({}, dyingAt(dies)).begin(release(bulky('one', 900_000), bulky('two', 900_000)))).rejects.toThrow('killed');
    const reader = store();
    expect(names((await reader.read())?.objects)).toEqual(['before']);
    expect(names((await reader.manifests({ number: 1 })).objects)).toEqual(['before']);
    await reader.begin(release(bulky('one', 900_000), bulky('two', 900_000)));
    expect(names((await reader.manifests({ number: 2 })).objects)).toEqual(['one', 'two']);
  });

  test.each([1, 2, 3, 4])('is not mixed with that of another writer at write %d', async (at) => {
    await store().begin(release(configMap('before')));
    const overtake = async () => {
      const other = store();
      await other.begin(release(bulky('a', 900_000), bulky('b', 900_000)));
      await other.finish('deployed');
    };
    const error = await store({}, beforeWrite(at, overtake)).begin(release(bulky('c', 900_000), bulky('d', 900_000))).catch(({ message }) => message);
    expect(error).toMatch(/another job has changed it/);
    const reader = store();
    await reader.read();
    expect(names((await reader.manifests({ number: 2 })).objects)).toEqual(['a', 'b']);
  });

  test('of 1,000 objects fits into one Secret', async () => {
    const objects = Array.from({ length: 1000 }, (_, index) => configMap(`object-${index}`, { index: `${index}`, text: 'x'.repeat(500) }));
    const writer = store();
    await writer.begin(release(...objects));
    await writer.applied(objects.map(({ apiVersion, kind, resource, name }) => ({ apiVersion, kind, resource, name, uid: crypto.randomUUID() })));
    await writer.finish('deployed');
    const reader = store();
    expect((await reader.read())?.objects).toHaveLength(1000);
    expect((await reader.manifests({ number: 1 })).objects).toHaveLength(1000);
    expect(JSON.stringify((await secret()).data).length).toBeLessThan(200_000);
  });
});

/** A client of a job that is killed before its n-th write. */
function dyingAt(write: number): KubernetesClient {
  return beforeWrite(write, async () => {
    throw new Error('killed');
  });
}

/** A client that runs an action before its n-th write. */
function beforeWrite(write: number, action: () => Promise<void>): KubernetesClient {
  let writes = 0;
  const hooked = (call: (...args: any[]) => unknown) => async (...args: unknown[]) => {
    writes += 1;
    if (writes === write) await action();
    return call.apply(cluster, args);
  };
  return Object.assign(Object.create(cluster), { create: hooked(cluster.create), merge: hooked(cluster.merge) });
}

describe('the store rejects', () => {
  const tampered = async (data: object) => {
    await store().begin(release(configMap('one')));
    await cluster.merge(`${SECRETS}/${releaseName(identity)}`, { data });
  };
  const packed = (value: object) => gzipSync(JSON.stringify(value)).toString('base64');

  test.each([
    ['is not gzip', Buffer.from('not gzip').toString('base64')],
    ['is not JSON', gzipSync('not json').toString('base64')],
    ['is cut off', Buffer.from(packed({ format: 1, text: randomBytes(99).toString('hex') }), 'base64').subarray(0, 50).toString('base64')],
    ['is a list', packed([])],
    ['lacks its fields', packed({ format: 1 })],
  ])('a record that %s, and says how to recover', async (_, record) => {
    await tampered({ record });
    await expect(store().read()).rejects.toMatchObject({
      exitCode: 1, message: expect.stringMatching(/^Secret record-test\/\S+: .*; restore it, or delete it and deploy again/),
    });
    await expect(store().begin(release())).rejects.toThrow(/restore it/);
  });

  test('a Secret with data but without a record', async () => {
    await tampered({ record: null });
    await expect(store().read()).rejects.toThrow(/it has data, but no key record/);
  });

  test('a record of a later format', async () => {
    await tampered({ record: packed({ format: 3 }) });
    await expect(store().read()).rejects.toThrow(/the record has format 3, expected at most 2; use the version of cdk8s-ci-deploy that wrote it/);
  });

  test('a record or an annotation of another application', async () => {
    const other = { ...identity, app: 'other\u001b[31m' };
    await tampered({ record: packed({ format: 1, revision: 'r', identity: other, releases: [], objects: [] }) });
    await expect(store().read()).rejects.toThrow(/it belongs to application other\\u001b\[31m, environment review\/a branch, project 42, expected application web/);

    await cluster.merge(`${SECRETS}/${releaseName(identity)}`, { metadata: { annotations: { 'cdk8s-ci-deploy/release-of': JSON.stringify(other) } } });
    await expect(store().read()).rejects.toThrow(/it belongs to application other/);
  });

  test('a Secret of the same name and another type', async () => {
    await cluster.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name: releaseName(identity) } });
    await expect(store().read()).rejects.toThrow(/its type is "Opaque", expected "cdk8s-ci-deploy\/release"/);
  });

  test('manifests that were replaced', async () => {
    await tampered({ 'release-1': packed({ objects: [], withheld: [] }) });
    const reader = store();
    await reader.read();
    await expect(reader.manifests({ number: 1 })).rejects.toThrow(/the manifests of release 1 are damaged or incomplete/);
  });
});

test('the store does not create a deleted record again', async () => {
  const writer = store();
  await writer.begin(release(configMap('one')));
  await cluster.delete(`${SECRETS}/${releaseName(identity)}`);
  await expect(writer.finish('deployed')).rejects.toThrow(/another job has changed it meanwhile/);
});

/** Creates the Secrets of the access manifests. */
async function givenSecrets(): Promise<void> {
  const annotations = { 'cdk8s-ci-deploy/release-of': JSON.stringify(identity), 'cdk8s-ci-deploy/kept': 'true' };
  for (const name of [releaseName(identity), ...[1, 2, 3, 4].map((part) => partName(identity, part))]) {
    await cluster.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', type: 'cdk8s-ci-deploy/release', metadata: { name, annotations } });
  }
}

test('the store drops old releases when the Secrets are limited', async () => {
  await givenSecrets();
  for (let round = 1; round <= 4; round += 1) {
    const writer = store();
    await writer.begin(release(bulky('one', 900_000), bulky('two', 900_000)));
    await writer.finish('deployed');
  }
  const reader = store();
  expect((await reader.read())?.releases.map(({ number }) => number)).toEqual([4, 3]);
  expect(names((await reader.manifests({ number: 3 })).objects)).toEqual(['one', 'two']);
  await expect(store().begin(release(...['a', 'b', 'c', 'd'].map((name) => bulky(name, 900_000)))))
    .rejects.toThrow(/need 3 more Secrets, expected at most the 4 Secrets of the access manifests/);
  expect(await mine()).toEqual(['', '-1', '-2', '-3', '-4']);
  await store().remove();
  expect((await secret(partName(identity, 4))).data).toBeUndefined();
});

test('the store fills the Secrets of the access manifests, and only empties them at the end', async () => {
  await givenSecrets();
  expect(await store().read()).toBeUndefined();
  await store().begin(release(configMap('one')));
  expect(names((await store().read())?.objects)).toEqual(['one']);
  await store().remove();
  expect((await secret()).data).toBeUndefined();
  expect(await store().read()).toBeUndefined();
});

test('the store accepts a label that another writer has added to the Secret', async () => {
  const writer = store();
  await writer.begin(release(configMap('one')));
  await cluster.merge(`${SECRETS}/${releaseName(identity)}`, { metadata: { labels: { backup: 'done' } } });
  await writer.finish('deployed');
  expect((await store().read())?.releases.map(({ outcome }) => outcome)).toEqual(['deployed']);
  expect((await secret()).metadata.labels.backup).toBe('done');
});

test('the store recognizes its own write after a lost response', async () => {
  let lost = 0;
  const twice = (call: (...args: any[]) => Promise<unknown>) => async (...args: unknown[]) => {
    lost += 1;
    await call.apply(cluster, args);
    return call.apply(cluster, args);
  };
  const forgetful: KubernetesClient = Object.assign(Object.create(cluster), { create: twice(cluster.create), merge: twice(cluster.merge) });
  const writer = store({}, forgetful);
  await writer.begin(release(configMap('one')));
  await writer.finish('deployed');
  await store({}, forgetful).begin(release(bulky('one', 900_000)));
  expect(lost).toBeGreaterThan(3);
  expect((await store().read())?.releases.map(({ outcome }) => outcome)).toEqual(['begun', 'deployed']);
});
