import { DiscoveryServer, readByKubectl, startDiscoveryServer } from './discovery-server';
import { FETCH_TIMEOUT, helm, kubectl, runKubectl } from './kubectl';

const KINDS = [
  ['v1', 'ConfigMap'], ['v1', 'Namespace'], ['v1', 'Secret'], ['v1', 'Service'], ['v1', 'ServiceAccount'],
  ['apps/v1', 'Deployment'], ['apps/v1', 'StatefulSet'], ['batch/v1', 'CronJob'], ['batch/v1', 'Job'],
  ['networking.k8s.io/v1', 'Ingress'], ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'], ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
] as const;

const CLUSTER_SCOPED: string[] = ['Namespace', 'ClusterRole'];

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: scalars, namespace: example }
data: { octal: 0755, time: 12:30, on: "on" }
`;

let server: DiscoveryServer;
beforeAll(async () => {
  kubectl();
  server = await startDiscoveryServer();
}, FETCH_TIMEOUT);
afterAll(() => server.close());

test('kubectl and helm come from the pinned package and run', () => {
  expect(runKubectl(['version', '--client'])).toContain('Client Version: v1.35.2');
  expect(kubectl()).toMatch(/kubectl$/);
  expect(helm()).toMatch(/helm$/);
});

test('kubectl --local works without a server', () => {
  const read = JSON.parse(runKubectl(['annotate', '--local', '-o', 'json', '-f', '-', 'unused-'], CONFIG_MAP));

  expect(read.data).toEqual({ octal: 493, time: '12:30', true: 'on' });
});

test('kubectl --dry-run=client fails without a server', () => {
  const create = ['create', '--dry-run=client', '--server=http://127.0.0.1:1', '-f', '-'];

  expect(() => runKubectl(create, CONFIG_MAP)).toThrow(/connection refused/);
});

test.each(KINDS)('kubectl reads a %s %s and gives back its values', async (apiVersion, kind) => {
  const metadata = CLUSTER_SCOPED.includes(kind) ? { name: 'web' } : { name: 'web', namespace: 'example' };
  const manifest = { apiVersion, kind, metadata, unknown: { number: 9007199254740991, text: '0o17' } };

  expect(await readByKubectl(JSON.stringify(manifest))).toEqual([manifest]);
});

test('kubectl gives back several documents in their order', async () => {
  const read = await readByKubectl(`${CONFIG_MAP}---\n${CONFIG_MAP.replace('scalars', 'second')}`);

  expect(read).toMatchObject([{ metadata: { name: 'scalars' }, data: { octal: 493, time: '12:30' } }, { metadata: { name: 'second' } }]);
});

test('kubectl apply works in a dry run too', async () => {
  const printed = await server.run(['apply', '--dry-run=client', '--validate=false', '-o', 'name', '-f', '-'], CONFIG_MAP);

  expect(printed).toBe('configmap/scalars\n');
});

test('kubectl refuses a kind that the server does not have', async () => {
  await expect(readByKubectl('{ apiVersion: example.com/v1, kind: Widget, metadata: { name: a } }')).rejects.toThrow(/no matches for kind "Widget"/);
});

test('kubectl refuses invalid YAML', async () => {
  await expect(readByKubectl('a: [')).rejects.toThrow(/error (?:converting YAML|parsing)/);
});
