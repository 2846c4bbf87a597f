import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKubectl } from './cluster';
import { COMPILE_TIMEOUT } from './programs';
import { SharedControlPlane, SharedParts } from './shared-control-plane';
import { tracesOf } from './traces';
import { FETCH_TIMEOUT, kubectl } from '../support/kubectl';

let claims: string;
let shared: SharedControlPlane;
let first: SharedParts;

beforeAll(async () => {
  kubectl();
  claims = mkdtempSync(join(tmpdir(), 'claims-'));
  shared = new SharedControlPlane(claims);
  first = await shared.give('a.test.ts');
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  await shared?.stop();
  if (claims) rmSync(claims, { recursive: true });
});

const asAdmin = (...args: string[]) => runKubectl(first.kubeconfig, args);
const create = (object: object) => runKubectl(first.kubeconfig, ['create', '-f', '-'], JSON.stringify(object));
const apiServersOf = (folder: string) => tracesOf(folder).flatMap((trace) => /^process (\d+): \S*kube-apiserver /.exec(trace)?.[1] ?? []).map(Number);
const names = (kind: string) => asAdmin('get', kind, '-o', 'name').split('\n').filter(Boolean);

test('the next test file gets the same control plane, without the cluster-scoped objects of the file before', async () => {
  const roles = names('clusterroles');
  asAdmin('create', 'clusterrole', 'left', '--verb=get', '--resource=pods');
  asAdmin('create', 'clusterrolebinding', 'left', '--clusterrole=left', '--user=left');
  create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'lefts.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'lefts', kind: 'Left' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
  create({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'left' },
    spec: { matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] }, validations: [{ expression: 'false' }] },
  });

  shared.takeBack('a.test.ts');
  expect(await shared.give('b.test.ts')).toEqual(first);
  expect(names('clusterroles')).toEqual(roles);
  expect(names('clusterrolebindings')).toContain('clusterrolebinding.rbac.authorization.k8s.io/cluster-admin');
  for (const kind of ['clusterrolebindings', 'customresourcedefinitions', 'validatingadmissionpolicies']) expect(names(kind).join()).not.toContain('left');
});

test('a test file fails when it makes a namespace that another file has made, and the error names that file', async () => {
  asAdmin('create', 'namespace', 'made-by-b');
  expect(() => shared.takeBack('b.test.ts')).not.toThrow();

  const other = new SharedControlPlane(claims);
  try {
    const { kubeconfig } = await other.give('c.test.ts');
    runKubectl(kubeconfig, ['create', 'namespace', 'made-by-b']);
    expect(() => other.takeBack('c.test.ts')).toThrow('Namespace made-by-b is also made by b.test.ts.\nTest files that share a cluster need names of their own.');
  } finally {
    await other.stop();
  }
});

test('a test file that runs again gets a new control plane', async () => {
  const again = await shared.give('b.test.ts');
  expect(again.folder).not.toBe(first.folder);
  first = again;
});

test('a new control plane replaces one that has died', async () => {
  const warned = jest.spyOn(console, 'warn').mockReturnValue();
  try {
    for (const pid of apiServersOf(first.folder)) process.kill(pid, 'SIGKILL');
    const next = await shared.give('d.test.ts');
    expect(next.folder).not.toBe(first.folder);
    expect(runKubectl(next.kubeconfig, ['get', 'namespace', 'default', '-o', 'name'])).toBe('namespace/default\n');
    expect(warned.mock.calls.flat().join()).toMatch(/^another control plane is started, since the one of b\.test\.ts fails: /);
  } finally {
    warned.mockRestore();
  }
});
