import type { KubernetesClient } from '../../../../src/cli/cluster/kubernetes-client';
import { ClusterAccess, lockCluster } from '../../../../src/cli/deploy/lock/locked-cluster';
import type { ReleaseIdentity } from '../../../../src/cli/deploy/objects/release';
import { systemClock } from '../../../../src/cli/io/clock';
import { releaseName } from '../../../../src/release/release-names';
import { cluster, eachWithRelease, identity } from '../history/in-namespace';

const NAMESPACE = 'locked-test';
const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
const CONNECTION = { server: 'https://203.0.113.1', credentials: { description: 'a token', present: async () => ({ token: 't' }) } };

eachWithRelease(NAMESPACE, 'production');

let log: string[];

beforeEach(() => {
  log = [];
});

/** A client that logs which Leases it takes and frees. */
function client(): KubernetesClient {
  const name = (path: string) => path.split('/').pop() ?? '';
  return Object.assign(Object.create(cluster), {
    create: async (path: string, content: any, options: any) => {
      log.push(`create ${content.metadata.name}`);
      return cluster.create(path, content, options);
    },
    delete: async (path: string, options: any) => {
      log.push(`delete ${name(path)}`);
      return cluster.delete(path, options);
    },
    close: () => undefined,
  });
}

async function lock<T>(read: () => Promise<T>, identities: readonly ReleaseIdentity[] = [identity], holder = 'a'): Promise<ClusterAccess<T>> {
  return lockCluster({
    identities,
    holder,
    connection: CONNECTION,
    connect: client,
    namespace: NAMESPACE,
    clock: systemClock,
    signal: new AbortController().signal,
    maximumWait: 0,
    waiting: () => undefined,
  }, read);
}

async function leases(): Promise<Array<{ readonly name: string; readonly holder?: string }>> {
  const { items } = await cluster.get(LEASES);
  return (items as any[]).filter(({ metadata }) => metadata.name.includes(identity.app))
    .map(({ metadata, spec }) => ({ name: metadata.name, holder: spec.holderIdentity }));
}

const name = () => releaseName(identity);

test('begins the reads again only when they have not begun', async () => {
  await (await lock(async () => 'first')).release();
  let reads = 0;
  const access = await lock(async () => {
    reads += 1;
    return 'read';
  });
  expect(reads).toBe(1);
  expect([await access.reads(), await access.reads(), reads]).toEqual(['read', 'read', 1]);
  await access.release();
});

test('begins the reads on request when the command created the Lease', async () => {
  let reads = 0;
  const access = await lock(async () => {
    reads += 1;
  });
  expect(reads).toBe(0);
  await access.reads();
  expect(reads).toBe(1);
  await access.release();
  expect(await leases()).toEqual([{ name: name(), holder: undefined }]);
});

test('deletes a Lease that it created for nothing when the reads fail', async () => {
  const access = await lock(async () => Promise.reject(new Error('broken')));
  await expect(access.reads()).rejects.toThrow('broken');
  await access.abandon();
  await access.release();
  expect(await leases()).toEqual([]);
});

test('releases an existing Lease when reads fail that began before the lock was held', async () => {
  await (await lock(async () => undefined)).release();
  const access = await lock(async () => Promise.reject(new Error('broken')));
  await expect(access.reads()).rejects.toThrow('broken');
  await access.abandon();
  await access.release();
  expect(await leases()).toEqual([{ name: name(), holder: undefined }]);
});

describe('two locks', () => {
  const both = () => [{ ...identity, app: `${identity.app}-z` }, { ...identity, app: `${identity.app}-a` }];
  const inOrder = () => both().map(releaseName).sort();

  test('are taken in the order of their names, and released in reverse with the Leases of applications without a record', async () => {
    const [first, second] = inOrder();
    const access = await lock(async () => undefined, both());
    expect((await leases()).map(({ holder }) => holder)).toEqual(['a', 'a']);
    await access.release();
    expect(log).toEqual([`create ${first}`, `create ${second}`, `delete ${second}`, `delete ${first}`]);
    expect(await leases()).toEqual([]);
  });

  test('are both released when the second one is held by another job', async () => {
    const [first = '', second = ''] = inOrder();
    const other = await lock(async () => undefined, both().filter((one) => releaseName(one) === second), 'other');
    await expect(lock(async () => undefined, both())).rejects.toMatchObject({ exitCode: 4 });
    expect(log).toEqual([`create ${second}`, `create ${first}`, `delete ${first}`]);
    expect(await leases()).toEqual([{ name: second, holder: 'other' }]);
    await other.release();
  });
});
