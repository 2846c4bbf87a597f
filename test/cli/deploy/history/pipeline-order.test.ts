import { Outcome, RecordedRelease } from '../../../../src/cli/deploy/history/history';
import { checkOutdated, comparePipelines, compareWithReleases } from '../../../../src/cli/deploy/history/pipeline-order';
import { DeployJob } from '../../../../src/cli/deploy/objects/release';

const job = (pipelineIid?: number, jobId?: number, commit = `commit of ${pipelineIid}`): DeployJob => ({ pipelineIid, jobId, commit });
const recorded = job(20, 200, 'old');

test.each<[string, string, DeployJob]>([
  ['a job of a later pipeline', 'newer', job(21, 210)],
  ['a retried job of the recorded pipeline', 'same', job(20, 201, 'old')],
  ['the recorded job', 'same', job(20, 200, 'old')],
  ['an earlier job of the recorded pipeline', 'same', job(20, 199, 'old')],
  ['a slower job of an older pipeline', 'outdated', job(19, 190)],
  ['a job of an older pipeline of the same commit', 'same', job(19, 190, 'old')],
  ['a job of an older pipeline without a commit', 'outdated', { pipelineIid: 19, jobId: 190 }],
  ['a retried job of an older pipeline, as by the Rollback button,', 'rollback', job(19, 201)],
  ['a retried job of an older pipeline of the same commit', 'rollback', job(19, 201, 'old')],
  ['a job of a later pipeline that is older than the recorded job', 'unordered', job(21, 199)],
  ['a job without a pipeline', 'unordered', job(undefined, 210)],
  ['a deployment outside of CI', 'unordered', {}],
])('%s is %s', (_, order, given) => {
  expect(comparePipelines(recorded, given)).toBe(order);
});

test('a job after a deployment outside of CI is unordered', () => {
  expect(comparePipelines({}, job(19, 190))).toBe('unordered');
});

describe('compareWithReleases', () => {
  const releases = (...list: Array<[Outcome, DeployJob]>): RecordedRelease[] => list.map(([outcome, its], index) => ({
    number: list.length - index, outcome, job: its, begun: '2026-01-01T00:00:00Z', objects: 1, images: [],
  }));

  test.each<[string, RecordedRelease[], DeployJob, string | undefined, number | undefined]>([
    ['returns nothing without a release', [], job(1, 1), undefined, undefined],
    ['returns the only release', releases(['deployed', recorded]), job(21, 210), 'newer', 1],
    ['returns the newest release', releases(['deployed', job(22, 220)], ['deployed', recorded]), job(23, 230), 'newer', 2],
    ['finds that a job is outdated after a release before a rollback', releases(['deployed', job(10, 230)], ['deployed', job(22, 220)]), job(21, 210), 'outdated', 1],
    ['allows the newest job again after a rollback', releases(['deployed', job(10, 230)], ['deployed', job(22, 220)]), job(22, 240), 'newer', 2],
    ['ignores a release that was rolled back', releases(['undone', job(22, 220)], ['deployed', recorded]), job(21, 210), 'newer', 1],
    ['ignores a failed release', releases(['failed', job(22, 220)], ['deployed', recorded]), job(21, 210), 'newer', 1],
    ['includes a release whose job was killed', releases(['begun', job(22, 220)], ['deployed', recorded]), job(21, 210), 'outdated', 2],
    ['returns nothing without a deployed release', releases(['failed', recorded]), job(19, 190), undefined, undefined],
  ])('%s', (_, list, given, order, number) => {
    const compared = compareWithReleases(list, given);
    expect([compared?.order, compared?.release.number]).toEqual([order, number]);
  });
});

describe('checkOutdated', () => {
  const history = {
    identity: { project: '42', environment: 'production', app: 'web' },
    releases: [{ number: 3, outcome: 'deployed' as const, job: { ...recorded, pipelineUrl: 'https://gitlab.example.com/p/20' }, begun: '2026-01-01T00:00:00Z', objects: 1, images: [] }],
    objects: [],
    formerly: [],
  };

  test('rejects an outdated job and names both pipelines', () => {
    expect(() => checkOutdated(history, job(19, 190), false)).toThrow(
      /^this job is outdated: release 3 .*\n {2}deployed: pipeline 20, job 200, commit old, https:.*\n {2}this job: pipeline 19, job 190, .*\n.*\(--allow-outdated\)$/);
  });

  test('accepts an outdated job on request', () => {
    expect(checkOutdated(history, job(19, 190), true)).toMatchObject({ order: 'outdated', release: { number: 3 } });
  });

  test('accepts the first deployment', () => {
    expect(checkOutdated(undefined, job(1, 1), false)).toBeUndefined();
  });
});
