import { jobInWords, outcomeInWords, RecordedRelease } from '../../../../src/cli/deploy/history/history';

const JOB = { pipelineIid: 12, jobId: 345, commit: '0123abcd89', pipelineUrl: 'https://gitlab.example.com/p/12', jobUrl: 'https://gitlab.example.com/j/345' };
const release = (more: Partial<RecordedRelease>): RecordedRelease => ({ number: 3, outcome: 'deployed', job: {}, begun: '', objects: 1, images: [], ...more });

test.each<[string, string]>([
  [jobInWords(JOB), 'pipeline 12, job 345, commit 0123abcd, https://gitlab.example.com/j/345'],
  [jobInWords(JOB, JOB.pipelineUrl), 'pipeline 12, job 345, commit 0123abcd, https://gitlab.example.com/p/12'],
  [jobInWords({ pipelineUrl: 'https://x/\u001b[31m' }), 'https://x/\\u001b[31m'],
  [jobInWords({}), 'outside of CI'],
])('jobInWords returns %j', (text, expected) => {
  expect(text).toBe(expected);
});

test.each<[Partial<RecordedRelease>, string]>([
  [{ outcome: 'begun' }, 'not complete'],
  [{ outcome: 'undone' }, 'failed, rolled back'],
  [{ rollbackOf: 1 }, 'deployed, rollback to 1'],
])('outcomeInWords of %j is "%s"', (more, expected) => {
  expect(outcomeInWords(release(more))).toBe(expected);
});
