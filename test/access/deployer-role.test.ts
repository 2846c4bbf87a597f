import { ApiObject } from 'cdk8s';
import { DeployerRole, NamespaceDeployer, NamespacedChart } from '../../src/index';
import { allows } from '../../src/kubernetes/rbac';
import { app, messageOf, plainChart, synth } from '../support/synth';

const purpose = { projectId: 42, environment: 'production', app: 'web' };
const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: example }
---
apiVersion: v1
kind: List
items:
- { apiVersion: v1, kind: ConfigMap, metadata: { name: one } }
- { apiVersion: v1, kind: ConfigMap, metadata: { name: two } }
`;

type Options = Parameters<typeof DeployerRole.leastPrivilege>[0];

const rulesOf = (options: Partial<Options> = {}) => DeployerRole.leastPrivilege({ ...purpose, ...options })._rules() ?? [];

function manifestsOf(options: Partial<Options> = {}, namespace = 'example'): any[] {
  const chart = plainChart('access');
  new NamespaceDeployer(chart, 'gitlab', { namespace, role: DeployerRole.leastPrivilege({ ...purpose, ...options }) });
  return synth(chart);
}

describe('a least-privilege role', () => {
  test('has rules for the objects of its manifests and for the needs of deploy', () => {
    const lines = rulesOf({ manifests: MANIFESTS }).map(({ verbs, apiGroups, resources, resourceNames = ['all'] }) =>
      `${verbs.join(',')} ${resources} in "${apiGroups}": ${resourceNames.join(', ')}`);
    expect(lines.join('\n')).toMatchInlineSnapshot(`
"get,create,patch,delete deployments in "apps": web
list,watch deployments in "apps": all
get,create,patch,delete configmaps in "": one, two
get,patch secrets in "": cdk8s-ci-deploy-web-production-2ec0d1dd94, cdk8s-ci-deploy-web-production-2ec0d1dd94-1, cdk8s-ci-deploy-web-production-2ec0d1dd94-2, cdk8s-ci-deploy-web-production-2ec0d1dd94-3, cdk8s-ci-deploy-web-production-2ec0d1dd94-4
get,patch leases in "coordination.k8s.io": cdk8s-ci-deploy-web-production-2ec0d1dd94
list,watch pods in "": all
get pods/log in "": all
list,watch replicasets in "apps": all
list,watch events in "": all
list limitranges,resourcequotas in "": all
get namespaces in "": all"
`);
  });

  test.each([
    ['read a Secret', { verb: 'get', group: '', resource: 'secrets', name: 'other' }],
    ['create a Secret', { verb: 'create', group: '', resource: 'secrets' }],
    ['run commands in pods', { verb: 'create', group: '', resource: 'pods', subresource: 'exec', name: 'web' }],
    ['create pods', { verb: 'create', group: '', resource: 'pods', name: 'web' }],
    ['create tokens', { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', name: 'default' }],
    ['grant rights', { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings', name: 'x' }],
    ['delete its record', { verb: 'delete', group: '', resource: 'secrets', name: 'cdk8s-ci-deploy-web-production-2ec0d1dd94' }],
  ])('has no right to %s', (_, request) => {
    expect(allows(rulesOf({ manifests: MANIFESTS }), request)).toBe(false);
  });

  test('has the rules of a custom resource, also to watch it', () => {
    const manifests = '{ apiVersion: cert-manager.io/v1, kind: Certificate, metadata: { name: web } }';
    const rules = rulesOf({ manifests, customResources: { 'Certificate.cert-manager.io': 'certificates' } });
    expect(rules.slice(0, 2)).toEqual([
      { apiGroups: ['cert-manager.io'], resources: ['certificates'], resourceNames: ['web'], verbs: ['get', 'create', 'patch', 'delete'] },
      { apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: ['list', 'watch'] },
    ]);
  });

  test('may delete pods when its manifests contain a StatefulSet', () => {
    const rules = rulesOf({ manifests: '{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db } }' });
    expect(rules).toContainEqual({ apiGroups: [''], resources: ['pods'], verbs: ['delete'] });
  });

  test('has the rules for its pull secret', () => {
    expect(rulesOf({ pullSecret: 'gitlab' })).toContainEqual({ apiGroups: [''], resources: ['secrets'], resourceNames: ['gitlab'], verbs: ['get', 'create', 'patch', 'delete'] });
    expect(allows(rulesOf({ pullSecret: 'gitlab' }), { verb: 'list', group: '', resource: 'secrets' })).toBe(false);
  });

  test('has the additional rules', () => {
    const rule = { verbs: ['get', 'create', 'patch'], apiGroups: [''], resources: ['configmaps'] };
    expect(rulesOf({ rules: [rule] }).at(-1)).toEqual(rule);
  });

  test.each<[string, Partial<Options>, RegExp]>([
    ['no project', { projectId: NaN }, /^role: projectId is NaN, expected the number that GitLab shows/],
    ['no environment', { environment: '' }, /^role: environment is "", expected a name/],
    ['no application', { app: ' ' }, /^role: app is " ", expected a name/],
    ['a wildcard', { rules: [{ verbs: ['*'], apiGroups: [''], resources: ['pods'] }] }, /^role: "\*" in rules\[0\], expected no wildcard; list each verb, group and resource/],
    ['a wildcard for subresources', { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['*/scale'] }] }, /"\*\/scale" in rules\[0\]/],
    ['an invalid name of the pull secret', { pullSecret: 'Git_Lab' }, /^role: pullSecret is "Git_Lab", expected /],
    ['the name of the record as the pull secret', { pullSecret: 'cdk8s-ci-deploy-web-production-2ec0d1dd94' }, /^role: pullSecret is "cdk8s-.*", the name of a Secret of the record, expected a name that no other Secret has/],
    ['a pull secret that is in the manifests', { manifests: '{ apiVersion: v1, kind: Secret, metadata: { name: gitlab } }', pullSecret: 'gitlab' }, /^role: pullSecret is "gitlab", the name of the Secret at manifests:1:1/],
    ['no manifest', { manifests: '' }, /^manifests:1:1: no document/],
    ['an object without a name', { manifests: 'apiVersion: v1\nkind: Pod\nmetadata: { generateName: web- }' }, /^manifests:1:1: metadata\.name is nothing, expected a name/],
    ['a cluster-scoped object', { manifests: 'apiVersion: v1\nkind: Namespace\nmetadata: { name: web }' }, /^manifests:1:1: Namespace is cluster-scoped/],
    ['a Role', { manifests: 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: web }' }, /^manifests:1:1: Role\.rbac.* grants rights/],
    ['an API version that Kubernetes has removed', { manifests: 'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: { name: web }' }, /Kubernetes 1\.16 removed Deployment in extensions\/v1beta1, .*; use apps\/v1/],
    ['a custom resource without its plural', { manifests: 'apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: web }' }, /"Thing\.example\.com" is not a kind of .* customResources: \{ "Thing\.example\.com": … \}/],
    ['a kind named like a property of every object', { manifests: 'apiVersion: v1\nkind: constructor\nmetadata: { name: web }' }, /"constructor" is not a kind/],
  ])('refuses %s', (_, options, message) => {
    expect(() => rulesOf(options)).toThrow(message);
  });
});

describe('the access manifests of a least-privilege role', () => {
  test('contain a Role of the deployer\'s own, the lock and an empty record', () => {
    const manifests = manifestsOf({ manifests: MANIFESTS });
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount gitlab-example',
      'Role gitlab-example-least-privilege',
      'Lease cdk8s-ci-deploy-web-production-2ec0d1dd94',
      'Secret cdk8s-ci-deploy-web-production-2ec0d1dd94',
      ...[1, 2, 3, 4].map((part) => `Secret cdk8s-ci-deploy-web-production-2ec0d1dd94-${part}`),
      'RoleBinding gitlab-example-least-privilege',
    ]);
    expect(manifests.at(-1).roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'gitlab-example-least-privilege' });
    expect(manifests[3]).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'cdk8s-ci-deploy/release',
      metadata: {
        name: 'cdk8s-ci-deploy-web-production-2ec0d1dd94',
        namespace: 'example',
        labels: { 'cdk8s-ci-deploy/id': expect.stringMatching(/^release-/) },
        annotations: { 'cdk8s-ci-deploy/kept': 'true', 'cdk8s-ci-deploy/release-of': '{"project":"42","environment":"production","app":"web"}' },
      },
    });
  });

  test('are refused for manifests of another namespace', () => {
    expect(messageOf(() => manifestsOf({ manifests: MANIFESTS }, 'other')))
      .toBe('access/gitlab: role: manifests:2:1: it is in namespace "example", expected objects of namespace "other"; pass the manifests of this environment');
  });
});

test('a chart with a least-privilege role refuses objects that the deployer cannot apply', () => {
  const chart = new NamespacedChart(app(), 'web', { namespace: 'example', role: DeployerRole.leastPrivilege({ ...purpose, manifests: MANIFESTS }) });
  const add = (name: string) => new ApiObject(chart, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  add('one');
  expect(chart.node.validate()).toEqual([]);
  add('three');
  expect(chart.node.validate()).toEqual([expect.stringMatching(/^web\/three: the deployer's Role may not get, create, patch configmaps "three", expected/)]);
});
