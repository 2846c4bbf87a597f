import { Outcome, RecordedObject } from '../../../../src/cli/deploy/history/history';
import { StoredRelease } from '../../../../src/cli/deploy/history/record';
import { RecordContents, usedParts, withApplied, withinLimit, withNewRelease, withoutOldReleases, withOutcome } from '../../../../src/cli/deploy/history/transitions';

const BEGUN = '2026-01-01T00:00:00.000Z';

function stored(number: number, outcome: Outcome, parts: number[] = []): StoredRelease {
  return { number, outcome, job: {}, begun: BEGUN, objects: 1, images: [], manifests: { sha256: 'x', parts } };
}

const configMap = (name: string, uid?: string): RecordedObject => ({ apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name, uid });
const contents = (releases: StoredRelease[], objects: RecordedObject[] = []): RecordContents => ({ releases, objects });
const numbers = ({ releases }: RecordContents) => releases.map(({ number }) => number);

test('withNewRelease adds a release with the next number, and joins its objects with the recorded ones', () => {
  const objects = ['a', 'b'].map((name) => ({ ...configMap(name), at: 'app.yaml:1:1', value: {} }));
  const after = withNewRelease(contents([stored(4, 'deployed')], [configMap('a', 'u1')]), { job: { jobId: 7 }, objects }, BEGUN, { sha256: 'y', parts: [1] });
  expect(after.releases[0]).toEqual({
    number: 5, outcome: 'begun', job: { jobId: 7 }, begun: BEGUN, rollbackOf: undefined, objects: 2, images: [], manifests: { sha256: 'y', parts: [1] },
  });
  expect(after.objects).toEqual([configMap('a', 'u1'), configMap('b')]);
});

test('withApplied replaces the uid of an object, in any version of its API', () => {
  const deployment = { apiVersion: 'apps/v1beta1', kind: 'Deployment', resource: 'deployments', name: 'web' };
  expect(withApplied(contents([], [deployment]), [{ ...deployment, apiVersion: 'apps/v1', uid: 'new' }]).objects).toEqual([{ ...deployment, apiVersion: 'apps/v1', uid: 'new' }]);
});

test('withOutcome sets the outcome of the newest release and drops removed objects', () => {
  const after = withOutcome(contents([stored(2, 'begun'), stored(1, 'deployed')], [configMap('a'), configMap('b')]), 'failed', BEGUN, [configMap('a')]);
  expect(after.releases.map(({ outcome, ended }) => [outcome, ended])).toEqual([['failed', BEGUN], ['deployed', undefined]]);
  expect(after.objects).toEqual([configMap('b')]);
});

test.each<[number, number[]]>([[1, [5, 3]], [2, [5, 4, 3]], [4, [5, 4, 3, 2]]])('withoutOldReleases with %d releases to keep returns %j', (keep, expected) => {
  const releases = [stored(5, 'failed'), stored(4, 'undone'), stored(3, 'deployed'), stored(2, 'deployed'), stored(1, 'deployed')];
  expect(numbers(withoutOldReleases(contents(releases), keep))).toEqual(expected);
});

describe('withinLimit', () => {
  const all = contents([stored(5, 'failed', [5, 6]), stored(4, 'failed'), stored(3, 'deployed', [3, 4]), stored(2, 'deployed', [1]), stored(1, 'deployed')]);

  test.each<[number, number[]]>([[5, [5, 4, 3, 2, 1]], [4, [5, 4, 3, 1]], [3, [4, 3, 1]], [2, [4, 3, 1]]])('with %d Secrets keeps the releases %j', (most, expected) => {
    expect(numbers(withinLimit(all, most))).toEqual(expected);
  });

  test('never drops the last deployed release', () => {
    expect(usedParts(withinLimit(all, 0))).toEqual([3, 4]);
  });
});
