import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { DeployerRole, NamespaceDeployer } from '../src';
import { AccessRequest, serverAllows, serviceAccountUser, untilAllowed } from './cluster/access-reviews';
import { Cluster, runKubectl, tryKubectl } from './cluster/cluster';
import { ExampleSite } from './cluster/example-site';
import { COMPILE_TIMEOUT } from './cluster/programs';
import { shareCluster } from './cluster/shared-cluster';
import { FETCH_TIMEOUT, kubectl } from './support/kubectl';
import { resourceOf, scopeOf } from '../src/kubernetes/kinds';
import { allows, PolicyRule, ResourceRequest } from '../src/kubernetes/rbac';
import { ADMIN_RULES, EDIT_RULES } from '../src/kubernetes/user-facing-roles';

const ROOT = join(__dirname, '..');
const MAIN = join(ROOT, 'lib', 'cli', 'main.js');
const NAMESPACES = ['example', 'example-staging', 'example-rights'];
const RBAC = 'rbac.authorization.k8s.io';

let cluster: Cluster;
let folder: string;

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error('the command is not built: run npm run compile');
  kubectl();
  cluster = await shareCluster();
  const taken = asAdmin('get', 'namespaces', '--ignore-not-found', '-o', 'name', ...NAMESPACES);
  if (taken !== '') throw new Error(`these tests make and delete namespaces that the cluster has already: ${taken}`);
  folder = mkdtempSync(join(tmpdir(), 'first-use-'));
}, FETCH_TIMEOUT + COMPILE_TIMEOUT);

afterAll(async () => {
  try {
    if (folder) asAdmin('delete', 'namespaces', '--ignore-not-found', '--wait=false', ...NAMESPACES);
  } finally {
    await cluster?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
});

function asAdmin(...args: string[]): string {
  return runKubectl(cluster.kubeconfig, args);
}

function create(...items: object[]): string {
  return runKubectl(cluster.kubeconfig, ['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

const binding = (name: string, roleRef: object, subject: object) => ({
  apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name, namespace: 'example-rights' }, roleRef: { apiGroup: RBAC, ...roleRef }, subjects: [subject],
});

describe('the example', () => {
  let site: ExampleSite;
  let credential: string;

  const manifest = (name: string) => site.manifest(name);
  const asDeployer = (...args: string[]) => tryKubectl(credential, args);

  const containers = () => asDeployer('get', 'deployment', 'web', '-o', 'jsonpath={range .spec.template.spec.containers[*]}{.name} {.image}{"\\n"}{end}')
    .stdout.trimEnd().split('\n');

  beforeAll(() => {
    site = new ExampleSite(folder);
    for (const program of ['access.ts', 'main.ts', 'template.ts']) site.run(program);
    credential = join(folder, 'ci.kubeconfig');
  });

  test('has access manifests that an administrator applies', () => {
    for (const environment of ['staging', 'production']) {
      expect(tryKubectl(cluster.kubeconfig, ['apply', '--server-side', '--validate=strict', '-f', manifest(`access-${environment}.yaml`)]))
        .toMatchObject({ status: 0, stderr: '' });
    }
    // The namespace enforces "restricted" already, which rejects pods. With warnings, kubectl also shows problems of workloads.
    asAdmin('label', 'namespace', 'example', 'pod-security.kubernetes.io/warn=restricted');
  });

  test('gets a kubeconfig from the ServiceAccount\'s token that kubectl accepts', () => {
    const token = asAdmin('create', 'token', 'gitlab-example', '-n', 'example');
    execFileSync(process.execPath, [MAIN, 'kubeconfig', cluster.kubeconfig, '--token-file', '-', '--namespace', 'example', '--file', credential],
      { input: token, env: {}, stdio: 'pipe' });
    expect(asDeployer('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'))
      .toEqual({ status: 0, stdout: 'system:serviceaccount:example:gitlab-example', stderr: '' });
  });

  test.each([
    ['the manifests of main.ts', 'production/web.k8s.yaml'],
    ['the manifests of template.ts, which take over', 'from-template/production/web.k8s.yaml'],
    ['the manifests of main.ts, which take over again', 'production/web.k8s.yaml'],
  ])('is applied with that credential and without warnings: %s', (_, file) => {
    const applied = asDeployer('apply', '--server-side', '--validate=strict', '-f', manifest(file));
    expect(applied).toMatchObject({ status: 0, stderr: '' });
    expect(applied.stdout).toMatch(/deployment\.apps\/web serverside-applied/);

    // The programs name the container differently. Without a takeover there would be two containers.
    const written = Yaml.load(manifest(file)).find(({ kind }) => kind === 'Deployment').spec.template.spec.containers;
    expect(containers()).toEqual(written.map(({ name, image }: { name: string; image: string }) => `${name} ${image}`));
  });

  test('has pods that pass Pod Security "restricted"', () => {
    // The controller manager creates the pods, so the API server rejects them there.
    expect(asDeployer('wait', 'deployment/web', '--for=jsonpath={.status.updatedReplicas}', '--timeout=30s')).toMatchObject({ status: 0, stderr: '' });
    const refusals = asDeployer('get', 'events', '--field-selector', 'reason=FailedCreate', '-o', 'jsonpath={.items[*].message}');
    expect(refusals).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('has a namespace that rejects a pod that violates "restricted"', () => {
    const { status, stderr } = asDeployer('run', 'root', '--image=registry.example.com/root:1');
    expect(status).toBe(1);
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  });

  test.each(['kube-system', 'example-staging', 'default'])('has a credential that is Forbidden in %s', (namespace) => {
    const refused = asDeployer('get', 'pods', '-n', namespace);
    expect(refused).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:example:gitlab-example" cannot list resource "pods" '
        + `in API group "" in the namespace "${namespace}"\n`,
    });
  });

  test('gets a second RoleBinding for another role, because a roleRef cannot be changed', () => {
    const app = new App();
    const access = new Chart(app, 'access');
    new NamespaceDeployer(access, 'gitlab', { namespace: 'example', role: DeployerRole.edit() });
    const objects = access.toJson();
    const apply = (items: object[]) => tryKubectl(cluster.kubeconfig, ['apply', '--server-side', '-f', '-'], Yaml.stringify(...items));

    expect(apply(objects)).toMatchObject({ status: 0, stderr: '' });
    const roles = asAdmin('get', 'rolebindings', '-n', 'example', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.roleRef.name}{"\\n"}{end}');
    expect(roles).toBe('gitlab-example-admin admin\ngitlab-example-edit edit\n');

    const pointed = objects.filter(({ kind }) => kind === 'RoleBinding').map((object) => ({ ...object, roleRef: { ...object.roleRef, name: 'view' } }));
    // Kubernetes 1.37 has the second message.
    expect(apply(pointed).stderr).toMatch(/cannot change roleRef|roleRef: .+ field is immutable/);
  });
});

describe('the library agrees with the server about', () => {
  const namespace = 'example-rights';
  let served: Array<{ apiVersion: string; kind: string; name: string; namespaced: boolean }>;

  beforeAll(() => {
    create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    served = apiVersions().flatMap((apiVersion) => {
      const { resources } = JSON.parse(asAdmin('get', '--raw', apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`));
      return resources.filter(({ name }: { name: string }) => !name.includes('/')).map((resource: object) => ({ ...resource, apiVersion }));
    });
  });

  // Only the API versions of the API server itself. A cluster can also have custom resources and aggregated APIs.
  function apiVersions(): string[] {
    const versions = '{range .items[*]}{.spec.group}/{.spec.version}{"\\n"}{end}';
    const text = asAdmin('get', 'apiservices', '-l', 'kube-aggregator.kubernetes.io/automanaged=onstart', '-o', `jsonpath=${versions}`);
    return text.trimEnd().split('\n').map((version) => version.replace(/^\//, ''));
  }

  test('the scope and the resource of every kind', () => {
    const known = served.map(({ apiVersion, kind }) => [apiVersion, kind, scopeOf(apiVersion, kind), resourceOf(apiVersion, kind)?.resource]);
    expect(known).toEqual(served.map(({ apiVersion, kind, name, namespaced }) =>
      [apiVersion, kind, namespaced ? 'namespace' : 'cluster', namespaced ? name : undefined]));
    expect(served.length).toBeGreaterThan(55);
  });

  test.each([['admin', ADMIN_RULES], ['edit', EDIT_RULES]])('the kinds that a ServiceAccount with ClusterRole %s may write', async (role, rules) => {
    create(binding(role, { kind: 'ClusterRole', name: role }, { kind: 'ServiceAccount', name: role, namespace }));
    const subject = { ...serviceAccountUser(namespace, role), namespace };
    await untilAllowed(cluster.kubeconfig, { ...subject, request: { verb: 'get', group: '', resource: 'pods' } });

    const requests = served.filter(({ namespaced }) => namespaced).flatMap(({ apiVersion, kind }) =>
      ['get', 'create', 'patch'].map((verb) => ({ verb, ...resourceOf(apiVersion, kind)! })));
    expectAgreement(requests.map((request) => ({ ...subject, request, rules })));
    expect(requests.length).toBeGreaterThan(90);
  });

  test('the rights of random Roles', async () => {
    const roles = fc.sample(fc.tuple(fc.array(rule, { minLength: 1, maxLength: 2 }), fc.array(request, { minLength: 8, maxLength: 8 })), 60);
    // The authorizer sees new objects in order, so the last one shows that it has seen all.
    const all = [...roles.map(([rules]) => rules), [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]];
    create(...all.map((rules, index) => ({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: `role-${index}`, namespace }, rules })));
    create(...all.map((_, index) => binding(`role-${index}`, { kind: 'Role', name: `role-${index}` }, { apiGroup: RBAC, kind: 'User', name: `user-${index}` })));
    await untilAllowed(cluster.kubeconfig, { user: `user-${roles.length}`, namespace, request: { verb: 'get', group: '', resource: 'pods' } });
    expectAgreement(roles.flatMap(([rules, requests], index) => requests.map((asked) => ({ user: `user-${index}`, namespace, request: asked, rules }))));
  });
});

function expectAgreement(requests: ReadonlyArray<AccessRequest & { readonly rules: readonly PolicyRule[] }>): void {
  const answers = serverAllows(cluster.kubeconfig, requests);
  const disagreed = requests.filter(({ rules, request: asked }, index) => allows(rules, asked) !== answers[index]);
  expect(disagreed.map(({ rules, request: asked }) => ({ asked, rules }))).toEqual([]);
  // Both answers must occur, so that an authorizer with one answer does not agree by luck.
  expect(new Set(answers)).toEqual(new Set([true, false]));
}

const oneOrTwo = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const rule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: oneOrTwo('get', 'list', 'create', 'patch', '*'),
  apiGroups: oneOrTwo('', 'apps', 'example.com', '*'),
  resources: oneOrTwo('pods', 'pods/log', 'deployments', 'deployments/scale', 'deployments/*', '*/scale', '*/*', '*'),
  resourceNames: fc.oneof(fc.constant([]), oneOrTwo('web', 'api', '*', '')),
});
const request: fc.Arbitrary<ResourceRequest> = fc.record({
  verb: fc.constantFrom('get', 'list', 'create', 'patch', '*'),
  group: fc.constantFrom('', 'apps', 'example.com'),
  resource: fc.constantFrom('pods', 'deployments', 'scale'),
  subresource: fc.constantFrom(undefined, 'log', 'scale'),
  name: fc.constantFrom(undefined, 'web', 'api'),
});
