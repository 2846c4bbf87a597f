import * as fc from 'fast-check';
import { allows, allowsUrl, PolicyRule } from '../../src/kubernetes/rbac';

const deployments: PolicyRule = { verbs: ['get', 'patch'], apiGroups: ['apps'], resources: ['deployments'] };

test.each<[string, PolicyRule, Parameters<typeof allows>[1], boolean]>([
  ['verb, group and resource', deployments, { verb: 'get', group: 'apps', resource: 'deployments' }, true],
  ['another verb', deployments, { verb: 'delete', group: 'apps', resource: 'deployments' }, false],
  ['another group', deployments, { verb: 'get', group: 'extensions', resource: 'deployments' }, false],
  ['another resource', deployments, { verb: 'get', group: 'apps', resource: 'daemonsets' }, false],
  ['a subresource of what is allowed', deployments, { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale' }, false],
  ['any verb', { ...deployments, verbs: ['*'] }, { verb: 'escalate', group: 'apps', resource: 'deployments' }, true],
  ['any group', { ...deployments, apiGroups: ['*'] }, { verb: 'get', group: '', resource: 'deployments' }, true],
  ['any resource, subresources included', { ...deployments, resources: ['*'] }, { verb: 'get', group: 'apps', resource: 'daemonsets', subresource: 'status' }, true],
  ['a subresource by name', { ...deployments, resources: ['deployments/scale'] }, { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale' }, true],
  ['its parent by the subresource\'s name', { ...deployments, resources: ['deployments/scale'] }, { verb: 'get', group: 'apps', resource: 'deployments' }, false],
  ['a subresource of any resource', { ...deployments, resources: ['*/scale'] }, { verb: 'get', group: 'apps', resource: 'statefulsets', subresource: 'scale' }, true],
  ['a resource by the rule for a subresource of any', { ...deployments, resources: ['*/scale'] }, { verb: 'get', group: 'apps', resource: 'scale' }, false],
  ['a star for subresources, which RBAC does not know', { ...deployments, resources: ['deployments/*'] }, { verb: 'get', group: 'apps', resource: 'deployments', subresource: 'scale' }, false],
  ['the name that is listed', { ...deployments, resourceNames: ['web'] }, { verb: 'get', group: 'apps', resource: 'deployments', name: 'web' }, true],
  ['another name', { ...deployments, resourceNames: ['web'] }, { verb: 'get', group: 'apps', resource: 'deployments', name: 'api' }, false],
  ['no name, where names are listed', { ...deployments, resourceNames: ['web'] }, { verb: 'get', group: 'apps', resource: 'deployments' }, false],
  ['no name, where the empty name is listed', { ...deployments, resourceNames: [''] }, { verb: 'get', group: 'apps', resource: 'deployments' }, true],
  ['a resource by a rule for paths', { verbs: ['get'], nonResourceURLs: ['*'] }, { verb: 'get', group: 'apps', resource: 'deployments' }, false],
])('allows decides about %s: %#', (_, rule, request, expected) => {
  expect(allows([rule], request)).toBe(expected);
});

test.each([
  ['/healthz', '/healthz', true],
  ['/healthz', '/healthz/ping', false],
  ['/healthz/*', '/healthz/ping', true],
  ['/healthz/*', '/healthz', false],
  ['*', '/metrics', true],
])('allowsUrl compares the pattern %s with the path %s: %s', (pattern, path, expected) => {
  expect(allowsUrl([{ verbs: ['get'], nonResourceURLs: [pattern] }], 'get', path)).toBe(expected);
});

test('without a rule, nothing is allowed', () => {
  expect(allows([], { verb: 'get', group: '', resource: 'pods' })).toBe(false);
  expect(allowsUrl([deployments], 'get', '/healthz')).toBe(false);
});

const words = (...values: string[]) => fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const rule = fc.record({ verbs: words('get', 'list', '*'), apiGroups: words('', 'apps', '*'), resources: words('pods', 'pods/log', '*/scale', '*') });
const request = fc.record({
  verb: fc.constantFrom('get', 'list', 'delete'),
  group: fc.constantFrom('', 'apps', 'batch'),
  resource: fc.constantFrom('pods', 'jobs'),
  subresource: fc.option(fc.constantFrom('log', 'scale'), { nil: undefined }),
});

test('additional rules never remove a right, and the order of rules does not matter', () => {
  fc.assert(fc.property(fc.array(rule), fc.array(rule), request, (some, more, asked) => {
    if (allows(some, asked)) expect(allows([...more, ...some], asked)).toBe(true);
    expect(allows([...some, ...more], asked)).toBe(allows([...more, ...some].reverse(), asked));
  }));
});
