import { pathOf } from '../../../../src/cli/deploy/objects/live-object';

test('the path of an object distinguishes the core group from the others', () => {
  expect(pathOf({ apiVersion: 'v1', kind: 'Secret', resource: 'secrets', name: 'a' }, 'n')).toBe('/api/v1/namespaces/n/secrets/a');
  expect(pathOf({ apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', name: 'a' }, 'n')).toBe('/apis/batch/v1/namespaces/n/jobs/a');
});
