import { Outcome, RecordedObject } from '../../../../src/cli/deploy/history/history';
import { FORMAT, readRecord, RecordContents, ReleaseRecord, StoredRelease, usedParts, withApplied, withinLimit, withNewRelease, withOutcome, withoutOldReleases } from '../../../../src/cli/deploy/history/record';
import { pack } from '../../../../src/cli/deploy/history/record-data';

const AT = 'Secret example/record';
const identity = { project: '42', environment: 'production', app: 'web' };

const RECORD: ReleaseRecord = {
  format: FORMAT,
  revision: 'r',
  identity,
  releases: [{
    number: 2,
    outcome: 'undone',
    job: { pipelineIid: 7, jobId: 70, commit: 'abc', pipelineUrl: 'https://gitlab.example.com/p/7', jobUrl: 'https://gitlab.example.com/j/70' },
    begun: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    rollbackOf: 1,
    objects: 3,
    images: ['registry.example.com/web:1'],
    manifests: { sha256: 'x', parts: [1, 2] },
  }],
  objects: [{ apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', name: 'a', uid: 'u' }],
  formerly: [{ ...identity, app: 'old' }],
  takingOver: { ...identity, app: 'older' },
};

const object = (change: object) => ({ objects: [{ ...RECORD.objects[0], ...change }] });

const read = (record: unknown) => readRecord(AT, pack(record), identity);

describe('readRecord', () => {
  test('returns the record that was written', () => {
    expect(read(RECORD)).toEqual(RECORD);
  });

  test('ignores unknown fields, and knows no former identities in format 1', () => {
    expect(read({ ...RECORD, format: 1, formerly: undefined, later: 'field' })).toEqual({ ...RECORD, format: 1, formerly: [] });
  });

  test.each<[string, object]>([
    ['a custom resource', { apiVersion: 'example.com/v1beta1', kind: 'Site', resource: 'sites', name: 'web.example' }],
    ['a Role with a colon in its name', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', resource: 'roles', name: 'system:web' }],
    ['an object that another command recorded without a uid', { uid: undefined }],
  ])('accepts %s', (_, change) => {
    expect(read({ ...RECORD, ...object(change) }).objects).toEqual(object(change).objects);
  });

  test.each<[string, object, RegExp]>([
    ['a later format', { format: FORMAT + 1 }, /the record has format 3, expected at most 2; use the version of cdk8s-ci-deploy that wrote it/],
    ['another owner', { identity: { ...identity, app: 'shop' } },
      /^Secret example\/record: it belongs to application shop, environment production, project 42, expected application web, environment production, project 42; deploy with another/],
    ['a missing field', { revision: undefined }, /^Secret example\/record: revision is nothing, expected data that this command wrote; restore it/],
    ['an unknown outcome', { releases: [{ ...RECORD.releases[0], outcome: 'lost' }] }, /^Secret example\/record\.releases\[0\]: outcome is "lost"/],
    ['a negative number', { releases: [{ ...RECORD.releases[0], number: -1 }] }, /releases\[0\]: number is -1/],
    ['a name with a path', object({ name: 'a/../../secrets/b' }), /objects\[0\]: name is "a\/\.\.\/\.\.\/secrets\/b", expected data that this command wrote/],
    ['a name with an escaped path', object({ name: 'web%2Ftoken' }), /objects\[0\]: name is "web%2Ftoken"/],
    ['a name that its kind does not allow', object({ kind: 'Service', resource: 'services', name: '1.example' }), /objects\[0\]: name is "1\.example"/],
    ['the resource of another kind', object({ resource: 'secrets' }), /objects\[0\]: resource is "secrets"/],
    ['a resource with a subresource', object({ apiVersion: 'example.com/v1', kind: 'Site', resource: 'sites/status' }), /resource is "sites\/status"/],
    ['an apiVersion with a path', object({ apiVersion: 'apps/v1/namespaces' }), /apiVersion is "apps\/v1\/namespaces"/],
    ['a kind that is no word', object({ kind: 'Config Map' }), /kind is "Config Map"/],
    ['a list with another type', { objects: ['a'] }, /^Secret example\/record\.objects\[0\]: "a" is not an object/],
    ['an object in place of a list', { objects: {} }, /objects is "\{\}"/],
  ])('rejects %s', (_, change, message) => {
    expect(() => read({ ...RECORD, ...change })).toThrow(message);
  });

  test('rejects damaged data without quoting it', () => {
    expect(() => readRecord(AT, Buffer.from('password'), identity)).toThrow(/^Secret example\/record: it is damaged or incomplete, (?!.*password)/);
  });
});

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
