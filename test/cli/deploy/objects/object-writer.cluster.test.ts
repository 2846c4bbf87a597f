import { isObject, JsonObject } from '../../../../src/base/json';
import { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { ObjectWriter, PlannedObject } from '../../../../src/cli/deploy/objects/object-writer';
import { Owner } from '../../../../src/cli/deploy/objects/owner';
import { Target, targetsOf } from '../../../../src/cli/deploy/objects/targets';
import { FakeClock } from '../../../support/fake-clock';
import { cluster, eachWithRelease, identity } from '../history/in-namespace';

const NAMESPACE = 'object-writer';

eachWithRelease(NAMESPACE, 'production');

const path = (name: string) => `/api/v1/namespaces/${NAMESPACE}/configmaps/${name}`;

const ours = () => new Owner(identity, NAMESPACE);
const theirs = () => new Owner({ ...identity, app: `${identity.app}-of-others` }, NAMESPACE);

/** The name of the running test's object. */
const name = () => `settings-${identity.app}`;

function writer(owner: Owner, through: KubernetesClient = cluster): ObjectWriter {
  return new ObjectWriter(through, { owner, clock: new FakeClock(), signal: new AbortController().signal });
}

async function target(owner: Owner, data: JsonObject): Promise<Target> {
  const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name() }, data };
  const [found] = await targetsOf(cluster, [{ at: 'app.yaml:1:1', apiVersion: 'v1', kind: 'ConfigMap', name: name(), value }], NAMESPACE, owner);
  return found!;
}

async function planned(owner: Owner, data: JsonObject, adopted = false): Promise<PlannedObject> {
  return { ...await target(owner, data), live: await live(), adopted };
}

async function live(): Promise<JsonObject | undefined> {
  return cluster.get(path(name())).catch(() => undefined);
}

async function dataNow(): Promise<unknown> {
  return (await live())?.data;
}

const uidOf = (object: JsonObject | undefined) => String(isObject(object?.metadata) ? object.metadata.uid : undefined);

/** Calls `meanwhile` before the first write of a kind. */
function disturbed(method: 'apply' | 'merge' | 'delete', meanwhile: () => Promise<unknown>): KubernetesClient {
  let isDone = false;
  return new Proxy(cluster, {
    get: (_, property: keyof KubernetesClient) => (...args: unknown[]) => {
      const act = async () => (cluster[property] as (...all: unknown[]) => Promise<unknown>)(...args);
      if (property !== method || isDone) return act();
      isDone = true;
      return meanwhile().then(act);
    },
  });
}

const remove = async () => cluster.delete(path(name()));
const replaceByTheirs = async () => {
  await remove();
  await writer(theirs()).create(await target(theirs(), { key: 'theirs' }));
};
const touch = async () => cluster.merge(path(name()), { metadata: { labels: { touched: 'yes' } } });

describe('create', () => {
  test('creates an object with the labels and the field manager of the application', async () => {
    const made = await writer(ours()).create(await target(ours(), { key: 'ours' }));
    expect(ours().of(made)).toBe('ours');
    expect(made.metadata).toMatchObject({ managedFields: [{ manager: ours().manager, operation: 'Apply' }] });
  });

  test('does not change an object that another application has created since the plan', async () => {
    const create = writer(ours(), disturbed('apply', replaceByTheirs)).create(await target(ours(), { key: 'ours' }));
    await expect(create).rejects.toThrow(`ConfigMap ${name()}: application ${identity.app}-of-others, environment production, project 42 created it after the release was planned`);
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });

  test('does not change an object without an owner that was created since the plan, even with the same fields', async () => {
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name() }, data: { key: 'ours' } };
    const meanwhile = async () => cluster.create(`/api/v1/namespaces/${NAMESPACE}/configmaps`, made);
    await expect(writer(ours(), disturbed('apply', meanwhile)).create(await target(ours(), { key: 'ours' }))).rejects.toThrow('another client created it');
    expect(ours().of((await live())!)).toBe('nobody\'s');
  });

  test('returns the object that it has created when the first response was lost', async () => {
    const wanted = await target(ours(), { key: 'ours' });
    const lost = disturbed('apply', async () => writer(ours()).create(wanted));
    expect(uidOf(await writer(ours(), lost).create(wanted))).toBe(uidOf(await live()));
  });

  test('rejects an object that existed at the plan', async () => {
    await writer(ours()).create(await target(ours(), { key: 'old' }));
    await expect(writer(ours()).create(await target(ours(), { key: 'new' }), await live())).rejects.toThrow('created it after the release was planned');
  });
});

describe('change', () => {
  beforeEach(async () => {
    await writer(ours()).create(await target(ours(), { key: 'old', dropped: 'yes' }));
  });

  test.each([false, true])('changes the planned object (force: %s), even when others change it at the same time', async (force) => {
    await writer(ours(), disturbed('apply', touch)).change(await planned(ours(), { key: 'new' }), { force });
    expect(await dataNow()).toEqual({ key: 'new' });
  });

  test.each([false, true])('creates an object again that was deleted since the plan (force: %s)', async (force) => {
    await writer(ours(), disturbed('apply', remove)).change(await planned(ours(), { key: 'new' }), { force });
    expect(await dataNow()).toEqual({ key: 'new' });
  });

  test.each([false, true])('does not change an object of another application that has the same name now (force: %s)', async (force) => {
    const change = writer(ours(), disturbed('apply', replaceByTheirs)).change(await planned(ours(), { key: 'new' }), { force });
    await expect(change).rejects.toThrow(/another object has its name since the release was planned|created it after/);
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });

  test.each([false, true])('does not change an object that another application has taken over (force: %s)', async (force) => {
    const label = (await target(theirs(), {})).applied.metadata;
    const taken = async () => cluster.merge(path(name()), { metadata: label }, { fieldManager: 'kubectl-label' });
    const change = writer(ours(), disturbed('apply', taken)).change(await planned(ours(), { key: 'new' }), { force });
    await expect(change).rejects.toThrow(`it belongs to application ${identity.app}-of-others`);
    expect(await dataNow()).toEqual({ key: 'old', dropped: 'yes' });
  });

  test('takes over fields of other managers only by force', async () => {
    await cluster.merge(path(name()), { data: { key: 'edited' } }, { fieldManager: 'kubectl-edit' });
    await expect(writer(ours()).change(await planned(ours(), { key: 'new' }), { force: false })).rejects.toThrow('"kubectl-edit" manages .data.key');
    await writer(ours()).change(await planned(ours(), { key: 'new' }), { force: true });
    expect(await dataNow()).toEqual({ key: 'new' });
  });

  test('takes over the fields of the manager that all applications shared before', async () => {
    await remove();
    await cluster.apply(path(name()), (await target(ours(), { key: 'old', dropped: 'yes' })).applied);
    await writer(ours(), disturbed('merge', touch)).change(await planned(ours(), { key: 'new' }), { force: false });
    expect(await dataNow()).toEqual({ key: 'new' });
  });

  test('does not adopt an object that another application adopts at the same time', async () => {
    await remove();
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name() }, data: { key: 'old' } };
    await cluster.create(`/api/v1/namespaces/${NAMESPACE}/configmaps`, made, { query: { fieldManager: 'helm' } });
    const adoption = await planned(ours(), { key: 'ours' }, true);
    const meanwhile = async () => writer(theirs()).change(await planned(theirs(), { key: 'theirs' }, true), { force: false });
    await expect(writer(ours(), disturbed('merge', meanwhile)).change(adoption, { force: true })).rejects.toThrow('it belongs to application');
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });
});

describe('restore', () => {
  beforeEach(async () => {
    await writer(ours()).create(await target(ours(), { key: 'old' }));
  });

  test('restores an object that another client has changed', async () => {
    await cluster.merge(path(name()), { data: { key: 'edited' } }, { fieldManager: 'kubectl-edit' });
    await writer(ours(), disturbed('apply', touch)).restore(await target(ours(), { key: 'old' }), [uidOf(await live())]);
    expect(await dataNow()).toEqual({ key: 'old' });
  });

  test('creates a deleted object again, unless another application has created one of its name', async () => {
    const wanted = await target(ours(), { key: 'old' });
    await remove();
    await writer(ours()).restore(wanted, []);
    expect(await dataNow()).toEqual({ key: 'old' });
    await remove();
    expect(await writer(ours(), disturbed('apply', replaceByTheirs)).restore(wanted, [])).toEqual({ foreign: expect.stringContaining('it belongs to application') });
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });

  test.each<[string, boolean]>([['by its uid', true], ['by its owner, when no uid is known', false]])('leaves an object of others, known %s', async (_, isKnown) => {
    const uids = isKnown ? [uidOf(await live())] : [];
    const wanted = await target(ours(), { key: 'old' });
    expect(await writer(ours(), disturbed('apply', replaceByTheirs)).restore(wanted, uids)).toEqual({ foreign: expect.any(String) });
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });
});

describe('delete', () => {
  beforeEach(async () => {
    await writer(ours()).create(await target(ours(), { key: 'old' }));
  });

  test('deletes an object that others change at the same time', async () => {
    expect(await writer(ours(), disturbed('delete', touch)).delete(path(name()), { uid: uidOf(await live()) })).toBe(true);
    expect(await live()).toBeUndefined();
  });

  test('does not delete an object of another application that has the same name now', async () => {
    const uid = uidOf(await live());
    expect(await writer(ours(), disturbed('delete', replaceByTheirs)).delete(path(name()), { uid })).toBe(true);
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });

  test('does not delete an object that another application has taken over, and returns false', async () => {
    const label = (await target(theirs(), {})).applied.metadata;
    const taken = async () => cluster.merge(path(name()), { metadata: label });
    expect(await writer(ours(), disturbed('delete', taken)).delete(path(name()), { uid: uidOf(await live()) })).toBe(false);
    expect(await dataNow()).toEqual({ key: 'old' });
  });
});

describe('mark and unmark', () => {
  const renamed = () => new Owner({ ...identity, app: `${identity.app}-renamed` }, NAMESPACE, identity);

  beforeEach(async () => {
    await writer(ours()).create(await target(ours(), { key: 'old', dropped: 'yes' }));
  });

  test('mark gives an object to the new identity: the next apply removes fields that its manifest lacks', async () => {
    expect(await writer(renamed(), disturbed('merge', touch)).mark(path(name()), uidOf(await live()))).toBe(true);
    expect(ours().of((await live())!)).toBe('another\'s');
    await writer(renamed()).change(await planned(renamed(), { key: 'new' }), { force: false });
    expect(await dataNow()).toEqual({ key: 'new' });
  });

  test('mark does not change an object of another application', async () => {
    await replaceByTheirs();
    expect(await writer(renamed()).mark(path(name()), undefined)).toBe(false);
    expect(await dataNow()).toEqual({ key: 'theirs' });
  });

  test('unmark lets another application adopt the object, and this one take it back', async () => {
    await writer(ours()).unmark(path(name()), { uid: uidOf(await live()) });
    const left = (await live())!;
    expect([ours().of(left), theirs().of(left)]).toEqual(['released', 'nobody\'s']);
    expect(left.metadata).not.toMatchObject({ managedFields: expect.arrayContaining([expect.objectContaining({ manager: ours().manager })]) });
    await writer(theirs()).change(await planned(theirs(), { key: 'theirs' }, true), { force: false });
    expect(theirs().of((await live())!)).toBe('ours');
    expect(ours().of((await live())!)).toBe('another\'s');
  });
});
