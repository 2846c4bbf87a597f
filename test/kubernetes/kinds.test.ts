import { kindName, parseApiVersion, resourceOf, scopeOf } from '../../src/kubernetes/kinds';

test.each([
  ['v1', 'Pod', 'namespace', { group: '', resource: 'pods' }],
  ['apps/v1', 'Deployment', 'namespace', { group: 'apps', resource: 'deployments' }],
  ['apps/v1beta1', 'Deployment', 'namespace', { group: 'apps', resource: 'deployments' }],
  ['networking.k8s.io/v1', 'Ingress', 'namespace', { group: 'networking.k8s.io', resource: 'ingresses' }],
  ['v1', 'Namespace', 'cluster', undefined],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'cluster', undefined],
  ['cert-manager.io/v1', 'Certificate', 'unknown', undefined],
  ['v1', 'Deployment', 'unknown', undefined],
  ['v1', 'toString', 'unknown', undefined],
])('%s %s has the scope %s and the resource %j', (apiVersion, kind, scope, resource) => {
  expect(scopeOf(apiVersion, kind)).toBe(scope);
  expect(resourceOf(apiVersion, kind)).toEqual(resource);
});

test.each([['v1', 'Pod'], ['apps/v1', 'Pod.apps'], ['a/b/c', 'Pod.a'], ['', 'Pod']])('a kind in "%s" is named %s', (apiVersion, name) => {
  expect(kindName(apiVersion, 'Pod')).toBe(name);
});

test.each([
  ['v1', { group: '', version: 'v1' }],
  ['apps/v1', { group: 'apps', version: 'v1' }],
  ['rbac.authorization.k8s.io/v1beta1', { group: 'rbac.authorization.k8s.io', version: 'v1beta1' }],
])('%s is parsed into group and version', (apiVersion, expected) => {
  expect(parseApiVersion(apiVersion)).toEqual(expected);
});
