import { deprecatedApi, kindName, parseApiVersion, removedApi, resourceOf, scopeOf } from '../../src/kubernetes/kinds';
import { describeVectors } from '../support/vectors';

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

interface Removal {
  readonly apiVersion: string;
  readonly kind: string;
  readonly deprecated: string;
  readonly removed: string;
  readonly replacement?: string;
}

const minor = (version: string) => Number(version.split('.')[1]);

describeVectors<{ readonly removals: readonly Removal[] }>('api-removals.json', ({ removals }) => {
  // The group extensions is gone, so its kinds are not in the table of kinds. Their replacements are.
  const namespaced = removals.filter(({ apiVersion, kind, replacement }) => resourceOf(replacement ?? apiVersion, kind) !== undefined);
  const removed = namespaced.filter((removal) => minor(removal.removed) <= 33);
  const later = namespaced.filter((removal) => minor(removal.removed) > 33 && minor(removal.deprecated) <= 37);

  test('has enough removals', () => {
    expect(removed.length).toBeGreaterThan(23);
    expect(later.length).toBeGreaterThan(6);
  });

  test.each(removed.map((removal) => [removal.apiVersion, removal.kind, removal] as const))('%s %s is removed, with its replacement', (apiVersion, kind, removal) => {
    const problem = removedApi(apiVersion, kind);
    expect(problem?.given).toBe(`Kubernetes ${removal.removed} removed ${kind} in ${apiVersion}`);
    const next = removals.find((other) => other.kind === kind && other.apiVersion === removal.replacement);
    if (removal.replacement !== undefined) expect(problem?.fix).toMatch(new RegExp(`^use ${next?.replacement ?? removal.replacement}; its fields may differ: https://`));
    expect(deprecatedApi(apiVersion, kind)).toBeUndefined();
  });

  test.each(later.map((removal) => [removal.apiVersion, removal.kind, removal] as const))('%s %s is deprecated', (apiVersion, kind, removal) => {
    expect(removedApi(apiVersion, kind)).toBeUndefined();
    const isNewest = !later.some((other) => other.kind === kind && minor(other.removed) > minor(removal.removed));
    if (deprecatedApi(apiVersion, kind) === undefined) expect({ kind, isNewest }).toEqual({ kind, isNewest: true });
    else expect(deprecatedApi(apiVersion, kind)).toContain(`${kind} in ${apiVersion} is deprecated, and Kubernetes ${removal.removed} removes it; use `);
  });

  test.each(removals.filter(({ replacement }) => replacement !== undefined))('$kind in its replacement $replacement is not removed, or has a later replacement', ({ replacement = '', kind }) => {
    const hasLater = removals.some((other) => other.apiVersion === replacement && other.kind === kind);
    expect(removedApi(replacement, kind) === undefined || hasLater).toBe(true);
  });
});

test.each([
  ['batch/v2alpha1', 'CronJob', 'use batch/v1;'],
  ['policy/v1beta1', 'PodSecurityPolicy', 'use Pod Security admission'],
  ['rbac.authorization.k8s.io/v1alpha1', 'RoleBinding', 'use rbac.authorization.k8s.io/v1;'],
])('%s %s is removed, although its Go type is gone', (apiVersion, kind, fix) => {
  expect(removedApi(apiVersion, kind)?.fix).toContain(fix);
});

test.each([['apps/v1', 'Deployment'], ['example.com/v1beta1', 'CronJob'], ['batch/v1beta1', 'Widget'], ['v1', 'constructor'], ['', '']])('%s %s is neither removed nor deprecated', (apiVersion, kind) => {
  expect(removedApi(apiVersion, kind)).toBeUndefined();
  expect(deprecatedApi(apiVersion, kind)).toBeUndefined();
});

test('Endpoints are deprecated, although no version removes them', () => {
  expect(deprecatedApi('v1', 'Endpoints')).toContain('use EndpointSlice in discovery.k8s.io/v1');
});
