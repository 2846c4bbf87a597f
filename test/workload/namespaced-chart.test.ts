import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, Include, JsonPatch, Lazy, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CiDeployment, CiImage, DeployerRole, NamespacedChart } from '../../src/index';
import { app, messageOf, namespacedChart, rawObject, synth } from '../support/synth';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'chart-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const problemsOf = (chart: Chart) => messageOf(() => synth(chart)).replace('Validation failed with the following errors:\n', '').split('\n').map((line) => line.trim());

test('a NamespacedChart gives its namespace to its objects', () => {
  const chart = namespacedChart();
  rawObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } });
  new kplus.Service(chart, 'service', { ports: [{ port: 80 }] });
  expect(synth(chart).map((manifest) => manifest.metadata.namespace)).toEqual(['example', 'example']);
});

describe('a hook of Helm or Argo CD', () => {
  const pod = (annotations: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', namespace: 'example', annotations } });
  const refused = (place: string, rest: string) => expect.stringMatching(new RegExp(`^\\[chart\\] ${place}: "Pod" has the annotation ${rest}`));

  test('is refused when a deployment does not run it, as an object, in a List and in an included file', () => {
    const file = join(folder, 'chart.yaml');
    writeFileSync(file, JSON.stringify(pod({ 'helm.sh/hook': 'test' })));
    const chart = namespacedChart();
    rawObject(chart, 'raw', pod({ 'argocd.argoproj.io/hook': 'SyncFail' }));
    rawObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [pod({ 'helm.sh/hook': 'post-delete' })] });
    new Include(chart, 'include', { url: file });
    expect(problemsOf(chart)).toEqual([
      refused('chart/raw', 'argocd\\.argoproj\\.io/hook: "SyncFail", expected an object of a deployment'),
      refused('chart/list/items\\[0\\]', 'helm\\.sh/hook: "post-delete", expected an object of a deployment'),
      refused('chart/include/probe-pod-example', 'helm\\.sh/hook: "test", expected an object of a deployment: only `helm test` applies this one; leave the tests out'),
    ]);
  });

  test('is refused when a JSON patch adds it', () => {
    const chart = namespacedChart();
    rawObject(chart, 'pod', pod({})).addJsonPatch(JsonPatch.add('/metadata/annotations', { 'helm.sh/hook': 'pre-delete' }));
    expect(problemsOf(chart)).toEqual([refused('chart/pod', 'helm\\.sh/hook: "pre-delete"')]);
  });

  test('is accepted when it is a Job that installs or upgrades', () => {
    const chart = namespacedChart();
    rawObject(chart, 'job', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', annotations: { 'helm.sh/hook': 'pre-install,pre-upgrade' } } });
    expect(synth(chart)).toHaveLength(1);
  });
});

describe('a cluster-scoped object', () => {
  const refused = (name: string) => expect.stringMatching(new RegExp(
    `^\\[chart\\] chart/\\S+: ${name} is cluster-scoped, expected an object of namespace "example", since its deployer may write no others; move it to the manifests that an administrator applies$`));

  test.each([
    ['v1', 'Namespace', 'Namespace'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'ClusterRole.rbac.authorization.k8s.io'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'ClusterRoleBinding.rbac.authorization.k8s.io'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'CustomResourceDefinition.apiextensions.k8s.io'],
    ['v1', 'PersistentVolume', 'PersistentVolume'],
    ['storage.k8s.io/v1', 'StorageClass', 'StorageClass.storage.k8s.io'],
  ])('is refused: %s %s', (apiVersion, kind, name) => {
    const chart = namespacedChart();
    rawObject(chart, 'object', { apiVersion, kind, metadata: { name: 'some.thing' } });
    expect(problemsOf(chart)).toEqual([refused(name)]);
  });

  test('is refused inside a List, and inside a nested List', () => {
    const chart = namespacedChart();
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
    rawObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [namespace, { apiVersion: 'v1', kind: 'List', items: [namespace] }] });
    expect(problemsOf(chart)).toEqual([refused('Namespace'), refused('Namespace')]);
    expect(problemsOf(chart)[1]).toContain('chart/list/items[1]/items[0]: ');
  });

  test('is refused inside a list of its kind', () => {
    const chart = namespacedChart();
    rawObject(chart, 'list', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleList', items: [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } }] });
    expect(problemsOf(chart)).toEqual([refused('ClusterRole.rbac.authorization.k8s.io')]);
  });

  test('is refused as an item that has the kind of its list', () => {
    const chart = namespacedChart();
    rawObject(chart, 'list', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleList', items: [{ metadata: { name: 'a' } }] });
    expect(problemsOf(chart)).toEqual([refused('ClusterRole.rbac.authorization.k8s.io')]);
  });

  test('is refused in an included file', () => {
    const file = join(folder, 'crd.yaml');
    writeFileSync(file, 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: other\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: fine\n');
    const chart = namespacedChart();
    new Include(chart, 'include', { url: file });
    expect(problemsOf(chart)).toEqual([refused('Namespace')]);
  });

  test('is refused after a JSON patch changed the kind', () => {
    const chart = namespacedChart();
    rawObject(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap' }).addJsonPatch(JsonPatch.replace('/kind', 'Node'));
    expect(problemsOf(chart)).toEqual([refused('Node')]);
  });

  test('is refused in nested constructs and in constructs of cdk8s-plus', () => {
    const chart = namespacedChart();
    new kplus.ClusterRole(new Chart(chart, 'nested'), 'role');
    expect(problemsOf(chart)[0]).toContain('chart/nested/role/Resource: ClusterRole.rbac.authorization.k8s.io is cluster-scoped');
  });
});

describe('another namespace', () => {
  test('is refused in the metadata of an object', () => {
    const chart = namespacedChart();
    rawObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'other' } });
    expect(problemsOf(chart)).toEqual([
      '[chart] chart/config: ConfigMap "a" is in namespace "other", expected namespace "example"; leave its namespace out, or define it in a NamespacedChart of that namespace',
    ]);
  });

  test('is refused after a JSON patch added it, or removed the namespace', () => {
    const chart = namespacedChart();
    rawObject(chart, 'a', { apiVersion: 'v1', kind: 'ConfigMap' }).addJsonPatch(JsonPatch.replace('/metadata/namespace', 'other'));
    rawObject(chart, 'b', { apiVersion: 'v1', kind: 'ConfigMap' }).addJsonPatch(JsonPatch.remove('/metadata/namespace'));
    expect(problemsOf(chart)).toEqual([expect.stringContaining('is in namespace "other"'), expect.stringContaining('has no namespace')]);
  });

  test('is refused in a nested plain chart, which does not inherit the namespace', () => {
    const chart = namespacedChart();
    rawObject(new Chart(chart, 'nested'), 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    expect(problemsOf(chart)).toEqual([expect.stringContaining('ConfigMap "a" has no namespace, expected namespace "example"; define it in the NamespacedChart itself')]);
  });

  test('is refused in an item of a List, which does not inherit the namespace', () => {
    const chart = namespacedChart();
    const item = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    rawObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [item, { ...item, metadata: { name: 'b', namespace: 'example' } }] });
    expect(problemsOf(chart)).toEqual([expect.stringContaining('chart/list/items[0]: ConfigMap "a" has no namespace, expected namespace "example"; set the namespace of the item')]);
  });

  test('is refused in an enclosing NamespacedChart', () => {
    const outer = namespacedChart();
    expect(() => new NamespacedChart(outer, 'inner', { namespace: 'other' })).toThrow('chart/inner: namespace is "other" inside a NamespacedChart of "example"');
  });
});

test('a nested NamespacedChart reports its problems once', () => {
  const outer = namespacedChart();
  const inner = new NamespacedChart(outer, 'inner', { namespace: 'example' });
  rawObject(inner, 'node', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } });
  const problems = problemsOf(outer);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^\[chart\/inner\] chart\/inner\/node: /);
});

describe('a custom resource', () => {
  test('is refused with the declaration to add', () => {
    const chart = namespacedChart();
    rawObject(chart, 'certificate', { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'a' } });
    expect(problemsOf(chart)).toEqual([
      '[chart] chart/certificate: "Certificate.cert-manager.io" is not a kind of Kubernetes v1.36.3, so its scope is not known, expected a known kind; ' +
      'if its custom resource definition has "scope: Namespaced", add it: namespacedKinds: ["Certificate.cert-manager.io"]',
    ]);
  });

  test('is accepted in any version after its declaration', () => {
    const chart = namespacedChart({ namespacedKinds: ['Certificate.cert-manager.io'] });
    rawObject(chart, 'old', { apiVersion: 'cert-manager.io/v1alpha1', kind: 'Certificate', metadata: { name: 'a' } });
    rawObject(chart, 'new', { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'b' } });
    expect(synth(chart)).toHaveLength(2);
  });

  test('is refused when only the same kind of another group is declared', () => {
    const chart = namespacedChart();
    rawObject(chart, 'service', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'a' } });
    expect(problemsOf(chart)).toEqual([expect.stringContaining('"Service.serving.knative.dev" is not a kind of Kubernetes')]);
  });
});

describe('an object that the role cannot write', () => {
  const withKind = (apiVersion: string, kind: string, role?: DeployerRole) => {
    const chart = namespacedChart({ role });
    rawObject(chart, 'object', { apiVersion, kind, metadata: { name: 'a' } });
    return chart;
  };

  test('is refused with the missing verbs and two fixes', () => {
    expect(problemsOf(withKind('v1', 'ResourceQuota'))).toEqual([
      '[chart] chart/object: ClusterRole "admin" of Kubernetes v1.36.3 may not create, patch resourcequotas, expected an object that the deployer may write; ' +
      'move it to the manifests that an administrator applies, or choose another role for the deployer',
    ]);
  });

  test.each([
    ['v1', 'LimitRange'], ['v1', 'Endpoints'], ['v1', 'PodTemplate'], ['discovery.k8s.io/v1', 'EndpointSlice'], ['apps/v1', 'ControllerRevision'],
  ])('is refused under admin: %s %s', (apiVersion, kind) => {
    expect(problemsOf(withKind(apiVersion, kind))).toEqual([expect.stringContaining('ClusterRole "admin"')]);
  });

  test.each(['Role', 'RoleBinding'])('is refused under edit and accepted under admin: %s', (kind) => {
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    expect(synth(withKind(apiVersion, kind))).toHaveLength(1);
    expect(problemsOf(withKind(apiVersion, kind, DeployerRole.edit()))).toEqual([expect.stringContaining(`ClusterRole "edit" of Kubernetes v1.36.3 may not get, create, patch ${kind.toLowerCase()}s`)]);
  });

  test('is accepted under a ClusterRole whose rules are not known', () => {
    expect(synth(withKind('v1', 'ResourceQuota', DeployerRole.clusterRole('quota-manager')))).toHaveLength(1);
  });
});

describe('the validation of metadata', () => {
  test.each([
    ['ConfigMap', { name: 'Bad_Name' }, 'metadata.name of ConfigMap is "Bad_Name", expected a DNS subdomain'],
    ['Service', { name: '1web' }, 'metadata.name of Service is "1web", expected a DNS label that starts with a letter'],
    ['ConfigMap', { name: 'a', labels: { 'a b': 'c' } }, 'the key of label "a b" is "a b", expected a key'],
    ['ConfigMap', { name: 'a', labels: { version: 'a'.repeat(64) } }, 'label "version" is "aaaa'],
    ['ConfigMap', { name: 'a', labels: { version: 1 } }, 'label "version" is 1, expected a text'],
    ['ConfigMap', { name: 'a', annotations: { 'a/b/c': '' } }, 'the key of annotation "a/b/c"'],
    ['ConfigMap', { name: 'a', annotations: { a: 'b'.repeat(262_144) } }, 'its annotations have 262145 bytes, expected at most 262144'],
  ])('refuses an invalid value in a %s: %#', (kind, metadata, message) => {
    const chart = namespacedChart();
    rawObject(chart, 'object', { apiVersion: 'v1', kind, metadata });
    expect(problemsOf(chart)).toEqual([expect.stringContaining(message)]);
  });

  test('accepts a name that is valid for a RoleBinding only', () => {
    const chart = namespacedChart();
    rawObject(chart, 'object', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'System:web' } });
    expect(synth(chart)).toHaveLength(1);
  });
});

describe('the validation of a chart', () => {
  const bad = (outdir: string, yamlOutputType?: YamlOutputType) => {
    const bound = new App({ outdir, yamlOutputType });
    rawObject(new NamespacedChart(bound, 'chart', { namespace: 'example' }), 'node', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } });
    return bound;
  };

  test.each(Object.values(YamlOutputType).filter((type): type is YamlOutputType => typeof type === 'number'))('runs before App.synth writes a file with output type %s', (type) => {
    expect(() => bad(folder, type).synth()).toThrow('Node is cluster-scoped');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('runs in App.synthYaml', () => {
    expect(() => bad(folder).synthYaml()).toThrow('Node is cluster-scoped');
  });

  test('runs in Testing.synth', () => {
    expect(() => Testing.synth(bad(folder).charts[0]!)).toThrow('Node is cluster-scoped');
  });
});

test('the validation evaluates no lazy value of a spec', () => {
  const chart = namespacedChart();
  let rendered = 0;
  rawObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', data: Lazy.any({ produce: () => ({ n: String(++rendered) }) }) });
  chart.node.validate();
  expect(rendered).toBe(0);
});

test('a List with a missing image is refused for the image', () => {
  const chart = namespacedChart();
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'example' }, spec: { containers: [{ name: 'a', image: CiImage.fromGitlab({ ciVariables: {} }) }] } };
  rawObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [pod] });
  expect(() => synth(chart)).toThrow('variable IMAGE: it is not set');
});

test('validated objects render as objects of a plain chart', () => {
  const chart = namespacedChart();
  new CiDeployment(chart, 'web', { image: CiImage.of('web:1') }).deployment.scheduling.spread({ topology: kplus.Topology.HOSTNAME });
  expect(synth(chart)[0].spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
});

test('protected namespaces are refused unless they are allowed', () => {
  expect(() => namespacedChart({ namespace: 'default' })).toThrow('chart: namespace is "default"');
  expect(namespacedChart({ namespace: 'default', allowProtectedNamespace: true }).namespace).toBe('default');
});

test('labels and disableResourceNameHashes have an effect on the objects', () => {
  const chart = namespacedChart({ labels: { team: 'web' }, disableResourceNameHashes: true });
  new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap' });
  expect(synth(chart)[0].metadata).toEqual({ name: 'chart-config', namespace: 'example', labels: { team: 'web' } });
});

test('two charts of an app are checked separately', () => {
  const both = app();
  rawObject(new NamespacedChart(both, 'a', { namespace: 'a' }), 'config', { apiVersion: 'v1', kind: 'ConfigMap' });
  rawObject(new NamespacedChart(both, 'b', { namespace: 'b' }), 'config', { apiVersion: 'v1', kind: 'ConfigMap' });
  expect(both.synthYaml()).toContain('namespace: a');
});

test.each(['stringData', 'data'])('a value that SOPS has encrypted is refused in the %s of an included file', (field) => {
  const file = join(folder, 'secret.yaml');
  writeFileSync(file, `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n${field}:\n  password: ENC[AES256_GCM,data:a=,iv:b=,tag:c=,type:str]\nsops:\n  version: 3.8.1\n`);
  const chart = namespacedChart();
  new Include(chart, 'include', { url: file });
  expect(problemsOf(chart)).toEqual([expect.stringMatching(/chart\/include\/\S+: \w+\.password is encrypted by SOPS, .*; decrypt it first: sops --decrypt FILE$/i)]);
});

test('a value that SOPS has encrypted is refused in a cdk8s-plus Secret', () => {
  const chart = namespacedChart();
  new kplus.Secret(chart, 'db', { stringData: { password: 'ENC[AES256_GCM,data:a=,iv:b=,tag:c=,type:str]' } });
  expect(problemsOf(chart)).toEqual([expect.stringContaining('stringData.password is encrypted by SOPS')]);
});

test.each([
  ['extensions/v1beta1', 'Deployment', '1.16', 'apps/v1'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.26', 'autoscaling/v2'],
])('an API version that Kubernetes has removed is refused: %s %s', (apiVersion, kind, version, replacement) => {
  const chart = namespacedChart();
  rawObject(chart, 'old', { apiVersion, kind });
  rawObject(chart, 'list', { apiVersion: 'v1', kind: 'List', items: [{ apiVersion, kind, metadata: { name: 'a', namespace: 'example' } }] });
  const refused = expect.stringContaining(`: Kubernetes ${version} removed ${kind} in ${apiVersion}, expected an API version that the cluster serves; use ${replacement}; `);
  expect(problemsOf(chart)).toEqual([refused, refused]);
});

test('a deprecated API version causes one warning, although cdk8s validates a chart once per chart', () => {
  const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation();
  try {
    const root = app();
    const chart = new NamespacedChart(root, 'chart', { namespace: 'example' });
    new NamespacedChart(root, 'other', { namespace: 'example' });
    rawObject(chart, 'endpoints', { apiVersion: 'v1', kind: 'Endpoints' });
    messageOf(() => root.synth());
    expect(emitWarning.mock.calls).toEqual([['chart/endpoints: Endpoints in v1 is deprecated since Kubernetes 1.33; use EndpointSlice in discovery.k8s.io/v1', 'cdk8s-ci-deploy']]);
  } finally {
    emitWarning.mockRestore();
  }
});
