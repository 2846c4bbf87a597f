import { parseApiVersion } from '../../src/kubernetes/api-version';

test.each([
  ['v1', { group: '', version: 'v1' }],
  ['apps/v1', { group: 'apps', version: 'v1' }],
  ['rbac.authorization.k8s.io/v1beta1', { group: 'rbac.authorization.k8s.io', version: 'v1beta1' }],
])('%s is parsed into group and version', (apiVersion, expected) => {
  expect(parseApiVersion(apiVersion)).toEqual(expected);
});
