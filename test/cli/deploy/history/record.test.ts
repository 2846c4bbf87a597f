import { pack } from '../../../../src/cli/deploy/history/encoding';
import { FORMAT, readRecord, ReleaseRecord } from '../../../../src/cli/deploy/history/record';

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

const read = (record: unknown) => readRecord(AT, pack(record), identity);

describe('readRecord', () => {
  test('returns the record that was written', () => {
    expect(read(RECORD)).toEqual(RECORD);
  });

  test('ignores unknown fields, and knows no former identities in format 1', () => {
    expect(read({ ...RECORD, format: 1, formerly: undefined, later: 'field' })).toEqual({ ...RECORD, format: 1, formerly: [] });
  });

  test.each<[string, object, RegExp]>([
    ['a later format', { format: FORMAT + 1 }, /the record has format 3, expected at most 2; use the version of cdk8s-ci-deploy that wrote it/],
    ['another owner', { identity: { ...identity, app: 'shop' } },
      /^Secret example\/record: it belongs to application shop, environment production, project 42, expected application web, environment production, project 42; deploy with another/],
    ['a missing field', { revision: undefined }, /^Secret example\/record: revision is nothing, expected data that this command wrote; restore it/],
    ['an unknown outcome', { releases: [{ ...RECORD.releases[0], outcome: 'lost' }] }, /^Secret example\/record\.releases\[0\]: outcome is "lost"/],
    ['a negative number', { releases: [{ ...RECORD.releases[0], number: -1 }] }, /releases\[0\]: number is -1/],
    ['a list with another type', { objects: ['a'] }, /^Secret example\/record\.objects\[0\]: "a" is not an object/],
    ['an object in place of a list', { objects: {} }, /objects is "\{\}"/],
  ])('rejects %s', (_, change, message) => {
    expect(() => read({ ...RECORD, ...change })).toThrow(message);
  });

  test('rejects damaged data without quoting it', () => {
    expect(() => readRecord(AT, Buffer.from('password'), identity)).toThrow(/^Secret example\/record: it is damaged or incomplete, (?!.*password)/);
  });
});
