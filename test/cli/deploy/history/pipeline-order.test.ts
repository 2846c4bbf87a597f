import { Outcome, RecordedRelease } from '../../../../src/cli/deploy/history/history';
import { comparePipelines, compareWithReleases } from '../../../../src/cli/deploy/history/pipeline-order';
import { DeployJob } from '../../../../src/cli/deploy/objects/release';

const job = (pipelineIid?: number, jobId?: number, commit = `commit of ${pipelineIid}`): DeployJob => ({ pipelineIid, jobId, commit });
const recorded = job(20, 200, 'old');

test.each<[string, DeployJob, string]>([
  ['a later pipeline', job(21, 210), 'newer'],
  ['the pipeline itself, its job retried', job(20, 201, 'old'), 'same'],
  ['the job itself', job(20, 200, 'old'), 'same'],
  ['an earlier job of the pipeline', job(20, 199, 'old'), 'same'],
  ['an older pipeline that was slower', job(19, 190), 'outdated'],
  ['an older pipeline of the same commit', job(19, 190, 'old'), 'same'],
  ['an older pipeline of a commit that is not known', { pipelineIid: 19, jobId: 190 }, 'outdated'],
  ['the Rollback button: the job of an older pipeline, retried', job(19, 201), 'rollback'],
  ['the Rollback button, to the same commit', job(19, 201, 'old'), 'rollback'],
  ['a later pipeline whose job was made before the recorded one', job(21, 199), 'unordered'],
  ['no pipeline', job(undefined, 210), 'unordered'],
  ['no CI at all', {}, 'unordered'],
])('%s', (_, given, order) => {
  expect(comparePipelines(recorded, given)).toBe(order);
});

test('after a deployment outside of CI, nothing is known', () => {
  expect(comparePipelines({}, job(19, 190))).toBe('unordered');
});

describe('beside several releases', () => {
  const releases = (...list: Array<[Outcome, DeployJob]>): RecordedRelease[] => list.map(([outcome, its], index) => ({
    number: list.length - index, outcome, job: its, begun: '2026-01-01T00:00:00Z', objects: 1, images: [],
  }));

  test.each<[string, RecordedRelease[], DeployJob, string | undefined, number | undefined]>([
    ['none', [], job(1, 1), undefined, undefined],
    ['one', releases(['deployed', recorded]), job(21, 210), 'newer', 1],
    ['the last counts', releases(['deployed', job(22, 220)], ['deployed', recorded]), job(23, 230), 'newer', 2],
    ['outdated beside one before a rollback', releases(['deployed', job(10, 230)], ['deployed', job(22, 220)]), job(21, 210), 'outdated', 1],
    ['a rollback of a rollback', releases(['deployed', job(10, 230)], ['deployed', job(22, 220)]), job(22, 240), 'newer', 2],
    ['one that was undone does not count', releases(['undone', job(22, 220)], ['deployed', recorded]), job(21, 210), 'newer', 1],
    ['one that failed and was left does not count', releases(['failed', job(22, 220)], ['deployed', recorded]), job(21, 210), 'newer', 1],
    ['one whose job died counts', releases(['begun', job(22, 220)], ['deployed', recorded]), job(21, 210), 'outdated', 2],
    ['none that was deployed', releases(['failed', recorded]), job(19, 190), undefined, undefined],
  ])('%s', (_, list, given, order, number) => {
    const judgement = compareWithReleases(list, given);
    expect([judgement?.order, judgement?.release.number]).toEqual([order, number]);
  });
});
