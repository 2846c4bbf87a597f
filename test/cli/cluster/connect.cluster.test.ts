import { Interrupted, Unreachable } from '../../../src/cli/base/failure';
import { connectCluster } from '../../../src/cli/cluster/connect';
import { KubernetesClient, WatchEvent } from '../../../src/cli/cluster/kubernetes-client';
import { collectionPath, objectPath, pathOfObject } from '../../../src/cli/cluster/paths';
import { ApiError } from '../../../src/cli/cluster/status';
import { administratorClient } from '../../cluster/clients';
import { Cluster as TestCluster, runKubectl } from '../../cluster/cluster';
import { COMPILE_TIMEOUT } from '../../cluster/programs';
import { shareCluster } from '../../cluster/shared-cluster';
import { FakeClock } from '../../support/fake-clock';
import { until } from '../../support/until';

const NAMESPACE = 'connect-test';
const CONFIG_MAPS = collectionPath({ group: '', version: 'v1', resource: 'configmaps', namespace: NAMESPACE });

let testCluster: TestCluster;
let cluster: KubernetesClient;
let abort: AbortController;
let lines: string[];

beforeAll(async () => {
  testCluster = await shareCluster();
  runKubectl(testCluster.kubeconfig, ['create', 'namespace', NAMESPACE]);
}, COMPILE_TIMEOUT);

afterAll(async () => testCluster.stop());

beforeEach(async () => {
  abort = new AbortController();
  lines = [];
  cluster = await administratorClient(testCluster.kubeconfig, {}, { signal: abort.signal, debug: (line) => lines.push(line) });
});

afterEach(() => cluster.close());

function configMap(name: string, data = 'a'): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { data } };
}

function at(name: string): string {
  return `${CONFIG_MAPS}/${name}`;
}

test('the client applies, reads, patches and deletes', async () => {
  const applied = await cluster.apply(at('one'), configMap('one'));
  expect(applied).toMatchObject({ kind: 'ConfigMap', data: { data: 'a' } });
  expect(await cluster.merge(at('one'), { data: { data: null, b: 'c' } })).toMatchObject({ data: { b: 'c' } });
  expect(await cluster.get(at('one'))).toMatchObject({ data: { b: 'c' } });
  expect(await cluster.delete(at('one'), { dryRun: true })).toBe(true);
  expect(await cluster.delete(at('one'))).toBe(true);
  expect(await cluster.delete(at('one'))).toBe(false);
  expect(cluster.counts).toEqual({ connections: 1, requests: 6 });
  expect(lines[0]).toMatch(/^PATCH \/api\/v1\/namespaces\/connect-test\/configmaps\/one 201, \d+ ms$/);
});

test('a dry run stores nothing, and a wrong uid prevents a deletion', async () => {
  await cluster.apply(at('dry'), configMap('dry'), { dryRun: true });
  await expect(cluster.get(at('dry'))).rejects.toMatchObject({ code: 404, exitCode: 1, status: { reason: 'NotFound' } });

  await cluster.create(CONFIG_MAPS, configMap('kept'));
  await expect(cluster.delete(at('kept'), { uid: 'another' })).rejects.toMatchObject({ code: 409, status: { reason: 'Conflict' } });
});

test('an apply of a field of another manager is a conflict, and succeeds with force', async () => {
  await cluster.apply(at('owned'), configMap('owned', 'theirs'), { fieldManager: 'somebody' });
  const conflict = await cluster.apply(at('owned'), configMap('owned', 'ours')).catch((error: unknown) => error);

  expect(conflict).toBeInstanceOf(ApiError);
  expect(conflict).toMatchObject({ code: 409, status: { details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.data' }] } } });
  expect(await cluster.apply(at('owned'), configMap('owned', 'ours'), { force: true })).toMatchObject({ data: { data: 'ours' } });
});

test('an unknown field is rejected without retries', async () => {
  const failure = await cluster.apply(at('odd'), { ...configMap('odd'), datta: {} }).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(ApiError);
  expect(`${failure}`).toContain('.datta: field not declared in schema');
  expect(cluster.counts.requests).toBe(1);
});

test('an unknown API group is an ApiError with the words of kubectl', async () => {
  const path = collectionPath({ group: 'example.com', version: 'v1', resource: 'things' });

  await expect(cluster.get(path)).rejects.toThrow('list things: the API server says 404 NotFound: the server could not find the requested resource');
});

test('sixty access reviews take four connections', async () => {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'list', resource: 'pods' } } };
  const path = collectionPath({ group: 'authorization.k8s.io', version: 'v1', resource: 'selfsubjectaccessreviews' });

  const answers = await Promise.all(Array.from({ length: 60 }, async () => cluster.create(path, review, { repeatable: true })));

  expect(answers.every(({ status }) => (status as { allowed: boolean }).allowed)).toBe(true);
  expect(cluster.counts).toEqual({ connections: 4, requests: 60 });
});

test('the resources are those of kubectl api-resources', async () => {
  const found = (await cluster.resources()).map(({ group, version, resource, kind, namespaced }) =>
    [resource, group ? `${group}/${version}` : version, namespaced, kind].join(' '));
  const kubectl = runKubectl(testCluster.kubeconfig, ['api-resources', '--no-headers']).trim().split('\n')
    .map((line) => /^(\S+)\s.*?(\S+)\s+(true|false)\s+(\S+)$/.exec(line.trim())?.slice(1).join(' '));

  expect(cluster.counts.requests).toBe(2);
  expect(found).toEqual(expect.arrayContaining(kubectl));
});

test('the client collects the warnings of the server', async () => {
  await cluster.apply(at('warned'), configMap('warned'));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'warned', namespace: NAMESPACE }, spec: { containers: [{ name: 'a', image: 'a', env: [{ name: 'A' }, { name: 'A' }] }] } };
  await cluster.create(`/api/v1/namespaces/${NAMESPACE}/pods`, pod, { query: { dryRun: 'All' } });

  expect(cluster.warnings).toEqual([expect.stringContaining('spec.containers[0].env[1]: hides previous definition of "A"')]);
});

test('a watch returns the existing objects, then the changes, until the consumer stops', async () => {
  const query = { labelSelector: 'watched' };
  const labelled = (name: string, data: string) => ({ ...configMap(name, data), metadata: { name, labels: { watched: '' } } });
  await cluster.apply(at('before'), labelled('before', '1'));
  const seen: string[] = [];
  for await (const { type, object } of cluster.watch(CONFIG_MAPS, query)) {
    seen.push(`${type} ${String(object.kind)} ${(object.metadata as { name: string }).name} ${(object.data as { data: string }).data}`);
    if (seen.length === 1) await cluster.apply(at('after'), labelled('after', '1'));
    if (seen.length === 2) await cluster.apply(at('before'), labelled('before', '2'));
    if (seen.length === 3) await cluster.delete(at('before'));
    if (seen.length === 4) break;
  }

  expect(seen).toEqual(['ADDED ConfigMap before 1', 'ADDED ConfigMap after 1', 'MODIFIED ConfigMap before 2', 'DELETED ConfigMap before 2']);
});

test('a watch from an old resourceVersion begins with a list', async () => {
  await cluster.apply(at('listed'), configMap('listed'));
  const events: WatchEvent[] = [];
  for await (const event of cluster.watch(CONFIG_MAPS, { resourceVersion: '1', fieldSelector: 'metadata.name=listed' })) {
    events.push(event);
    break;
  }

  expect(events).toMatchObject([{ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'listed' } } }]);
});

test('an aborted signal ends a watch with its reason', async () => {
  const watching = (async () => {
    for await (const _ of cluster.watch(CONFIG_MAPS, { labelSelector: 'nothing' })) throw new Error('there is nothing');
  })();
  // It has been listed, and is watched.
  await until(() => lines.length === 2);
  abort.abort(new Interrupted('SIGTERM'));

  await expect(watching).rejects.toThrow('ended by SIGTERM');
  await expect(cluster.get('/version')).rejects.toThrow('ended by SIGTERM');
});

test.each([
  ['v1', 'Namespace', '/api/v1/namespaces/n'],
  ['apps/v1', 'Deployment', '/apis/apps/v1/namespaces/connect-test/deployments/n'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', '/apis/rbac.authorization.k8s.io/v1/clusterroles/n'],
])('the path of %s %s exists on the server', async (apiVersion, kind, expected) => {
  const path = pathOfObject({ apiVersion, kind, metadata: { name: 'n' } }, NAMESPACE);

  expect(path).toBe(expected);
  await expect(cluster.get(path)).rejects.toThrow('says 404 NotFound: ');
  await expect(cluster.get(path)).rejects.not.toThrow('could not find the requested resource');
});

test('a name does not change the path', () => {
  const secrets = { group: '', version: 'v1', resource: 'secrets', namespace: NAMESPACE };

  expect(objectPath({ ...secrets, name: 'b?c#d' })).toBe('/api/v1/namespaces/connect-test/secrets/b%3Fc%23d');
  expect(() => objectPath({ ...secrets, name: 'a/../b' })).toThrow('the name "a/../b"');
  expect(() => objectPath({ ...secrets, name: '..' })).toThrow('the name ".."');
  expect(() => objectPath({ ...secrets, namespace: '', name: 'a' })).toThrow('the name ""');
});

test('a closed port is Unreachable, with the number of tries', async () => {
  const other = connectCluster({ server: 'https://127.0.0.1:1', credentials: { description: '', present: async () => ({}) } },
    { variables: {}, clock: new FakeClock(), signal: abort.signal });

  await expect(other.get('/version')).rejects.toThrow(Unreachable);
  await expect(other.get('/version')).rejects.toThrow(/^cannot connect to https:\/\/127\.0\.0\.1:1 after \d+ tries in [\d.]+ s: connection refused\. Is the server up, and is the port right\?$/);
});
