import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configMap, deployment, manifests, service } from './cluster/application';
import { runKubectl, tryKubectl } from './cluster/cluster';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deploy } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { helm, kubectl, NO_CLUSTER } from './support/kubectl';
import { until } from './support/until';

onKwok();

const withVariables = (...names: string[]) => deployment('shop', { replicas: 2, env: names.map((name) => ({ name, value: name })) });
const old = withVariables('A', 'OLD');

let deployer: Deployer;
let number = 0;

beforeEach(() => {
  number += 1;
  deployer = makeDeployer(cluster, `taken-over-${number}`);
});

const run = (manifest: object, ...args: string[]) => runKubectl(cluster.kubeconfig, ['-n', deployer.namespace, ...args, '-f', '-'], manifests(manifest));
const variables = () => deployer.admin('get', 'deployment', 'shop', '-o', 'jsonpath={.spec.template.spec.containers[0].env[*].name}');
const managers = () => deployer.admin('get', 'deployment', 'shop', '--show-managed-fields', '-o', 'jsonpath={.metadata.managedFields[*].manager}').split(' ');

/** Deploys the Deployment without the old variable. The result is the part of the JSON report about it. */
async function remaining(...options: string[]) {
  const { stdout, stderr } = await deploy(deployer, [withVariables('A')], ...options, '--output', 'json');
  const { objects: [object], error } = JSON.parse(stdout);
  expect({ error, stderr }).toMatchObject({ error: null });
  return object;
}

/** `kubectl edit` with an editor that replaces a text. */
function edit(from: string, to: string): void {
  const { status, stderr } = spawnSync(kubectl(), ['-n', deployer.namespace, 'edit', 'deployment', 'shop'], {
    encoding: 'utf8', env: { ...NO_CLUSTER, KUBECONFIG: cluster.kubeconfig, KUBE_EDITOR: `sed -i s/${from}/${to}/` },
  });
  if (status !== 0) throw new Error(stderr);
}

function helmInstall(manifest: object): void {
  const chart = mkdtempSync(join(tmpdir(), 'chart-'));
  mkdirSync(join(chart, 'templates'));
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  writeFileSync(join(chart, 'templates', 'shop.yaml'), manifests(manifest));
  try {
    const { status, stderr } = spawnSync(helm(), ['-n', deployer.namespace, 'install', 'shop', chart], { encoding: 'utf8', env: { ...NO_CLUSTER, KUBECONFIG: cluster.kubeconfig } });
    if (status !== 0) throw new Error(stderr);
  } finally {
    rmSync(chart, { recursive: true });
  }
}

describe('an adopted Deployment loses the fields that the manifest omits', () => {
  test.each<[string, () => void | Promise<void>, string[]]>([
    ['kubectl create', () => run(old, 'create'), ['kubectl-create']],
    ['kubectl apply', () => run(old, 'apply'), ['kubectl-client-side-apply']],
    ['kubectl apply --server-side', () => run(old, 'apply', '--server-side'), ['kubectl']],
    ['kubectl create and replace', async () => {
      run(withVariables('A'), 'create');
      // Controllers write the status at the same time, and then kubectl reports a conflict.
      await until(() => tryKubectl(cluster.kubeconfig, ['-n', deployer.namespace, 'replace', '-f', '-'], manifests(old)).status === 0);
    }, ['kubectl-create', 'kubectl-replace']],
    ['kubectl create and set', () => {
      run(withVariables('A'), 'create');
      deployer.admin('set', 'env', 'deployment/shop', 'OLD=x');
      deployer.admin('set', 'image', 'deployment/shop', 'web=registry.example.com/web:hotfix');
    }, ['kubectl-create', 'kubectl-set']],
    ['kubectl create and edit', () => {
      run(withVariables('A', 'OTHER'), 'create');
      edit('OTHER', 'OLD');
    }, ['kubectl-create', 'kubectl-edit']],
    ['kubectl create, patch and scale', () => {
      run(withVariables('A'), 'create');
      deployer.admin('patch', 'deployment', 'shop', '-p', JSON.stringify({ spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'OLD', value: 'x' }] }] } } } }));
      deployer.admin('scale', 'deployment', 'shop', '--replicas', '5');
    }, ['kubectl-create', 'kubectl', 'kubectl-patch']],
    ['helm install', () => helmInstall(old), ['helm']],
    ...['Terraform', 'argocd-controller', 'kustomize-controller', 'kapp-server-side-apply'].map((manager): [string, () => void, string[]] => (
      [`${manager}, which applies`, () => run(old, 'apply', '--server-side', '--field-manager', manager), [manager]]
    )),
    ...['HashiCorp', 'terraform-provider-helm_v2.17.0_x5', 'argocd-application-controller', 'helm-controller', 'kapp', 'helm.exe', 'pulumi-kubernetes'].map(
      (manager): [string, () => void, string[]] => [`${manager}, which creates`, () => run(old, 'create', '--field-manager', manager), [manager]],
    ),
  ])('of %s', async (_, make, takenOver) => {
    await make();
    expect(variables()).toContain('OLD');
    const planned = await remaining('--adopt', '--dry-run');
    expect({ ...planned, takenOver: planned.takenOver.sort() }).toMatchObject({ adopted: true, otherFields: [], takenOver: takenOver.sort() });
    expect(planned.fields).toContain('spec.template.spec.containers[web].env[OLD]');

    const { code, stdout } = await deploy(deployer, [withVariables('A')], '--adopt');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp('^changed +Deployment shop +adopted from ', 'm')) });
    expect([variables(), deployer.admin('get', 'deployment', 'shop', '-o', 'jsonpath={.spec.replicas}')]).toEqual(['A', '2']);
    expect(managers().filter((name) => takenOver.includes(name))).toEqual([]);
    expect((await deploy(deployer, [withVariables('A')])).stdout).toMatch(/^unchanged +Deployment shop$/m);
  });
});

describe('fields of a manager that is not known', () => {
  beforeEach(() => run(old, 'create', '--field-manager', 'in-house'));

  test('stay, and are listed without the defaults of the server', async () => {
    const { code, stdout } = await deploy(deployer, [withVariables('A')], '--adopt');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('\n    set by in-house: spec.template.spec.containers[web].env[OLD]\nfields that other managers set and the manifests omit stay; '),
    });
    expect(variables()).toBe('A OLD');
  });

  test('are listed in JSON', async () => {
    expect(await remaining('--adopt')).toMatchObject({ takenOver: [], otherFields: [{ manager: 'in-house', fields: ['spec.template.spec.containers[web].env[OLD]'] }] });
  });

  test.each([['at the adoption', ['--adopt']], ['later', []]])('are removed with --take-over-manager %s', async (_, options) => {
    if (options.length === 0) expect(await deploy(deployer, [withVariables('A')], '--adopt')).toMatchObject({ code: 0 });
    expect(await remaining(...options, '--take-over-manager', 'in-house')).toMatchObject({ takenOver: ['in-house'], otherFields: [] });
    expect(variables()).toBe('A');
    expect(await deploy(deployer, [withVariables('A')], '--take-over-manager', 'in-house')).toMatchObject({
      code: 0, stderr: expect.stringContaining('no object of the release has fields of "in-house" (--take-over-manager)'),
    });
  });

  test('are not removed with the name of another manager', async () => {
    expect(await deploy(deployer, [withVariables('A')], '--adopt', '--take-over-manager', 'in-house-2')).toMatchObject({ code: 0 });
    expect(variables()).toBe('A OLD');
  });
});

test.each(['kubectl-create', 'in-house'])('finalizers and owner references of %s stay', async (manager) => {
  run(configMap('owner'), 'create');
  const uid = deployer.admin('get', 'configmap', 'owner', '-o', 'jsonpath={.metadata.uid}');
  const metadata = { name: 'shop', finalizers: ['example.com/protect'], ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }] };
  run({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'value', old: 'x' } }, 'create', '--field-manager', manager);
  const { code, stdout } = await deploy(deployer, [configMap('shop')], '--adopt', '--take-over-manager', manager);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^ {4}set by \S+: metadata\.finalizers\S*, metadata\.ownerReferences/m) });
  const { metadata: now, data } = JSON.parse(deployer.admin('get', 'configmap', 'shop', '-o', 'json'));
  expect({ data, finalizers: now.finalizers, owners: now.ownerReferences.length }).toEqual({ data: { key: 'value' }, finalizers: ['example.com/protect'], owners: 1 });
  expect((await deploy(deployer, [configMap('shop')])).stdout).toMatch(/^unchanged +ConfigMap shop\n1 unchanged/m);
  deployer.admin('patch', 'configmap', 'shop', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
});

test('a variable that kubectl edit has added to a released Deployment is listed, and removed with --take-over-manager', async () => {
  expect(await deploy(deployer, [old])).toMatchObject({ code: 0 });
  edit('OLD', 'EDITED');
  const field = 'spec.template.spec.containers[web].env[EDITED]';
  expect(await remaining()).toMatchObject({ otherFields: [{ manager: 'kubectl-edit', fields: [field] }] });
  expect(variables()).toBe('A EDITED');
  const { stdout } = await deploy(deployer, [withVariables('A')], '--take-over-manager', 'kubectl-edit');
  expect(stdout).toContain(`changed    Deployment shop  taken over from kubectl-edit; ${field}\n`);
  expect(variables()).toBe('A');
});

test.each<[string, object, object, string, string]>([
  ['ConfigMap', configMap('shop', { key: 'value', old: 'x' }), configMap('shop'), '{"data":{"old":"patched"}}', 'data.old'],
  ['Service', { ...service('shop'), spec: { selector: { app: 'shop' }, ports: [{ port: 80 }], externalName: '', sessionAffinity: 'None' } }, service('shop'), '{"spec":{"sessionAffinity":"ClientIP"}}', 'spec.sessionAffinity'],
])('a field of a released %s that kubectl patch has changed is listed when the manifest drops it', async (kind, before, after, patch, field) => {
  expect(await deploy(deployer, [before])).toMatchObject({ code: 0 });
  deployer.admin('patch', kind, 'shop', '--type=merge', '-p', patch);
  const { code, stdout } = await deploy(deployer, [after]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`set by kubectl-patch: ${field}`) });
  expect((await deploy(deployer, [after], '--take-over-manager', 'kubectl-patch')).stdout).toMatch(new RegExp(`^changed +${kind} shop +taken over from kubectl-patch; .*${field}`, 'm'));
  expect((await deploy(deployer, [after])).stdout).toMatch(new RegExp(`^unchanged +${kind} shop\n1 unchanged`, 'm'));
});

describe('a variable of a released Deployment that kubectl edit has changed', () => {
  const values = () => deployer.admin('get', 'deployment', 'shop', '-o', 'jsonpath={.spec.template.spec.containers[0].env[*].value}');

  beforeEach(async () => {
    expect(await deploy(deployer, [old])).toMatchObject({ code: 0 });
    edit('value:.OLD', 'value:\\ edited');
    expect(values()).toBe('A edited');
  });

  test('is removed when the manifest has dropped it after a deployment by force', async () => {
    expect(await deploy(deployer, [old])).toMatchObject({ code: 1, stderr: expect.stringContaining('"kubectl-edit" manages') });
    expect(await deploy(deployer, [old], '--force-conflicts')).toMatchObject({ code: 0 });
    expect(values()).toBe('A OLD');
    expect(await deploy(deployer, [withVariables('A')])).toMatchObject({ code: 0 });
    expect(variables()).toBe('A');
  });

  test('is removed when the manifest drops it', async () => {
    expect(await remaining()).toMatchObject({ otherFields: [] });
    expect(variables()).toBe('A');
  });

  test('is written again with --take-over-manager, without a conflict', async () => {
    expect(await deploy(deployer, [old], '--take-over-manager', 'kubectl-edit')).toMatchObject({ code: 0 });
    expect(values()).toBe('A OLD');
  });
});

test('a failed adoption restores the fields that the manifest omits', async () => {
  run(old, 'create');
  const broken = deployment('broken', { image: 'registry.example.com/web:missing', annotations: { 'e2e/fault': 'image-pull' } });
  const { code, stderr } = await deploy(deployer, [withVariables('A'), broken], '--adopt', '--rollback-on-failure');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('rolled back') });
  expect(variables()).toBe('A OLD');
  expect(deployer.admin('get', 'deployment', 'shop', '-o', 'jsonpath={.spec.replicas}')).toBe('2');
});
