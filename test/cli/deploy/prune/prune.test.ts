import { ExitCode, Failure } from '../../../../src/cli/base/failure';
import { isMany, keepAnnotationsOf, planPrune, removalOf } from '../../../../src/cli/deploy/prune/prune';

test.each<[number, number, boolean]>([
  [0, 0, false],
  [0, 4, false],
  [1, 1, false],
  [1, 2, false],
  [2, 2, true],
  [2, 3, true],
  [2, 4, false],
  [3, 4, true],
  [500, 1000, false],
  [501, 1000, true],
])('deleting %d of %d objects is too many at once: %p', (removed, total, expected) => {
  expect(isMany(removed, total)).toBe(expected);
});

describe('planPrune', () => {
  const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name, uid: `uid-${name}` });
  const candidates = { removable: [object('a'), object('b')], data: [], protected: [], gone: [] };
  const options = { prune: true, pruneData: false, allowPruneMany: false };

  test('rejects many objects at once, unless that is allowed', () => {
    const refused = () => planPrune(candidates, 3, options);
    expect(refused).toThrow(new Failure(
      'prune: 2 of 3 objects are not in this release (ConfigMap a, ConfigMap b), expected at most half of them to be deleted at once; check that these are the right manifests, all of them, '
      + 'then allow it (--allow-prune-many), or keep the objects (--no-prune); nothing was written',
      ExitCode.NO,
    ));
    expect(planPrune(candidates, 3, { ...options, allowPruneMany: true }).remove).toHaveLength(2);
    expect(planPrune(candidates, 4, options).remove).toHaveLength(2);
  });

  test('keeps all objects when pruning is off', () => {
    expect(planPrune(candidates, 3, { ...options, prune: false })).toEqual({ remove: [], forget: [], gone: [], kept: candidates.removable });
  });
});

describe('an annotation that keeps an object', () => {
  const live = (annotation: string, value: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'edge', annotations: { [annotation]: value } } });

  test.each([
    ['cdk8s-ci-deploy/do-not-delete', 'true'],
    ['helm.sh/resource-policy', 'keep'],
    ['helm.sh/resource-policy', ' Keep '],
    ['argocd.argoproj.io/sync-options', 'Prune=false'],
    ['argocd.argoproj.io/sync-options', 'ServerSideApply=true, Prune=false,Validate=false'],
    ['argocd.argoproj.io/sync-options', 'Delete=false'],
    ['argocd.argoproj.io/sync-options', 'Prune=confirm'],
    ['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
    ['kapp.k14s.io/delete-strategy', 'orphan'],
    ['cli-utils.sigs.k8s.io/on-remove', 'keep'],
    ['client.lifecycle.config.k8s.io/deletion', 'detach'],
  ])('is %s with the value %j', (annotation, value) => {
    expect(keepAnnotationsOf(live(annotation, value))).toEqual([annotation]);
  });

  test.each([
    ['cdk8s-ci-deploy/do-not-delete', 'false'],
    ['cdk8s-ci-deploy/kept', 'true'],
    ['helm.sh/resource-policy', 'delete'],
    ['helm.sh/resource-policy', ''],
    ['argocd.argoproj.io/sync-options', 'Prune=true'],
    ['argocd.argoproj.io/sync-options', 'PruneLast=true'],
    ['argocd.argoproj.io/sync-options', 'NoPrune=false'],
    ['kustomize.toolkit.fluxcd.io/prune', 'enabled'],
    ['kapp.k14s.io/delete-strategy', ''],
  ])('is not %s with the value %j', (annotation, value) => {
    expect(keepAnnotationsOf(live(annotation, value))).toEqual([]);
  });

  test('keeps it whatever the options are', () => {
    const kept = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', resource: 'persistentvolumeclaims', name: 'data', uid: 'u', keptBy: 'helm.sh/resource-policy' };
    const candidates = { removable: [], data: [], protected: [kept], gone: [] };
    const nothing = { remove: [], forget: [], gone: [], kept: [kept] };
    expect(planPrune(candidates, 1, { prune: true, pruneData: true, allowPruneMany: true })).toEqual(nothing);
    expect(planPrune(candidates, 1, { prune: false, pruneData: true, allowPruneMany: true })).toEqual(nothing);
    expect(removalOf(candidates, () => true)).toEqual(nothing);
  });
});
