import { DEPLOY_RIGHTS, objectRights, pullSecretRights, recordNames, recordRights } from '../../src/release/deploy-rights';

const owner = { project: '42', environment: 'production', app: 'web' };
const kind = { isCustom: false, names: ['b', 'a', 'b'] };

test('the rights for every deployment only read', () => {
  expect([...new Set(DEPLOY_RIGHTS.flatMap(({ rule }) => rule.verbs))].sort()).toEqual(['get', 'list', 'watch']);
});

test('the record has one Secret and four additional ones', () => {
  expect(recordNames(owner)).toEqual(['', '-1', '-2', '-3', '-4'].map((suffix) => `cdk8s-ci-deploy-web-production-2ec0d1dd94${suffix}`));
});

test('the rights for the record and the lock do not create or delete', () => {
  expect(recordRights(owner).map(({ rule }) => rule.verbs)).toEqual([['get', 'patch'], ['get', 'patch']]);
});

test('the rights for a pull secret name one Secret', () => {
  expect(pullSecretRights('gitlab').map(({ rule }) => rule.resourceNames)).toEqual([['gitlab']]);
});

describe('the rights for objects', () => {
  const rulesOf = (group: string, resource: string) => objectRights({ ...kind, group, resource }).map(({ rule }) => rule);

  test('name each object once, in order', () => {
    expect(rulesOf('', 'configmaps')).toEqual([{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a', 'b'], verbs: ['get', 'create', 'patch', 'delete'] }]);
  });

  test('include the right to watch workloads and custom resources', () => {
    const watch = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] };
    expect(rulesOf('apps', 'deployments')).toContainEqual(watch);
    expect(objectRights({ ...kind, isCustom: true, group: 'example.com', resource: 'things' }).map(({ rule }) => rule.verbs)).toContainEqual(['list', 'watch']);
  });

  test('include the names of Jobs that replace others', () => {
    expect(rulesOf('batch', 'jobs')[1]).toEqual({ apiGroups: ['batch'], resources: ['jobs'], resourceNames: ['a-replacing', 'b-replacing'], verbs: ['create', 'patch'] });
  });

  test('include the right to delete pods for a StatefulSet', () => {
    expect(rulesOf('apps', 'statefulsets')).toContainEqual({ apiGroups: [''], resources: ['pods'], verbs: ['delete'] });
  });
});
