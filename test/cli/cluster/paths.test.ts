import * as fc from 'fast-check';
import { JsonObject } from '../../../src/base/json';
import { UserError } from '../../../src/base/user-error';
import { collectionPath, describeRequest, objectPath, pathOfObject } from '../../../src/cli/cluster/paths';
import { ANY_CHARACTER } from '../../support/any-character';

const SECRETS = { group: '', version: 'v1', resource: 'secrets', namespace: 'ns1' };

test.each([
  [collectionPath(SECRETS), '/api/v1/namespaces/ns1/secrets', 'list secrets in ns1'],
  [collectionPath({ group: 'apps', version: 'v1', resource: 'deployments' }), '/apis/apps/v1/deployments', 'list deployments'],
  [collectionPath({ group: '', version: 'v1', resource: 'namespaces' }), '/api/v1/namespaces', 'list namespaces'],
  [objectPath({ ...SECRETS, name: 'a' }), '/api/v1/namespaces/ns1/secrets/a', 'get secrets a in ns1'],
  [objectPath({ ...SECRETS, resource: 'pods', name: 'a', subresource: 'log' }), '/api/v1/namespaces/ns1/pods/a/log', 'get pods/log a in ns1'],
  [objectPath({ group: '', version: 'v1', resource: 'namespaces', name: 'ns1' }), '/api/v1/namespaces/ns1', 'get namespaces ns1'],
  [objectPath({ group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', name: 'system:a' }),
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aa', 'get clusterroles system%3Aa'],
])('%s is built and described', (path, expected, description) => {
  expect(path).toBe(expected);
  expect(describeRequest('GET', path)).toBe(description);
});

test.each([
  ['POST', '/api/v1/namespaces/ns1/serviceaccounts/a/token', 'create serviceaccounts/token a in ns1'],
  ['apply', '/apis/apps/v1/namespaces/ns1/deployments/a', 'apply deployments a in ns1'],
  ['DELETE', '/api/v1/namespaces/ns1', 'delete namespaces ns1'],
  ['GET', '/apis', 'get /apis'],
  ['GET', '/version', 'get /version'],
])('%s %s is described as "%s"', (method, path, expected) => {
  expect(describeRequest(method, path)).toBe(expected);
});

test.each([
  ['v1', 'ServiceAccount', 'ns1', '/api/v1/namespaces/ns1/serviceaccounts/a'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'ns2', '/apis/rbac.authorization.k8s.io/v1/namespaces/ns2/rolebindings/a'],
  ['v1', 'Namespace', undefined, '/api/v1/namespaces/a'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', undefined, '/apis/rbac.authorization.k8s.io/v1/clusterroles/a'],
  ['networking.k8s.io/v1', 'IngressClass', undefined, '/apis/networking.k8s.io/v1/ingressclasses/a'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', undefined, '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/a'],
])('the path of a %s %s follows from its manifest', (apiVersion, kind, namespace, expected) => {
  const metadata: JsonObject = namespace === undefined ? { name: 'a' } : { name: 'a', namespace };

  expect(pathOfObject({ apiVersion, kind, metadata })).toBe(expected);
  expect(pathOfObject({ apiVersion, kind, metadata: { name: 'a' } }, namespace ?? 'ns1')).toBe(expected);
});

test.each<[string, () => string, string]>([
  ['an unknown kind', () => pathOfObject({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } }), 'the kind "Thing.example.com" is not known'],
  ['an object without a name', () => pathOfObject({ apiVersion: 'v1', kind: 'Namespace' }), 'the name ""'],
  ['an object without a namespace', () => pathOfObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }), 'the name ""'],
  ['the name ..', () => objectPath({ ...SECRETS, name: '..' }), 'the name ".."'],
  ['an unpaired surrogate', () => objectPath({ ...SECRETS, name: '\ud800' }), 'the name "\\ud800"'],
  ['a name with a slash', () => objectPath({ ...SECRETS, name: 'a/token' }), 'the name "a/token"'],
  ['a name with an escape', () => objectPath({ ...SECRETS, name: 'a%2Ftoken' }), 'the name "a%2Ftoken"'],
  ['a resource with a subresource', () => collectionPath({ ...SECRETS, resource: 'pods/exec' }), 'the name "pods/exec"'],
  ['the name .', () => objectPath({ ...SECRETS, name: '.' }), 'the name "."'],
])('%s has no path', (_, act, expected) => {
  expect(act).toThrow(UserError);
  expect(act).toThrow(expected);
});

test('no name leads to another path, as the API server decodes it', () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (name) => {
    fc.pre(!['', '.', '..'].includes(name) && !/[/%]/.test(name));
    const { pathname, search, hash } = new URL(`https://example.com${objectPath({ ...SECRETS, name })}`);
    const segments = decodeURIComponent(pathname).split('/');

    expect([search, hash]).toEqual(['', '']);
    expect(segments).toHaveLength(7);
    expect(segments[6]).toBe(name);
  }));
});
