import { ExitCode, Failure } from '../../../../src/cli/base/failure';
import { isMany, planPrune } from '../../../../src/cli/deploy/prune/prune';

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
  const candidates = { removable: [object('a'), object('b')], data: [], gone: [] };
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
