import { readCiFile } from './ci-file';

const job = (keywords: object) => JSON.stringify({ job: { script: ['true'], ...keywords } });

test('a job has its keywords and those of default', () => {
  const { jobs, stages } = readCiFile(JSON.stringify({
    'stages': ['one'],
    'default': { image: 'node:24', before_script: ['before'] },
    '.hidden': { script: ['no'] },
    'job': { stage: 'one', script: ['a', ['b']], after_script: ['c'], timeout: '1h 30 minutes', retry: { max: 2, when: 'script_failure' }, needs: [] },
  }));
  expect(stages).toEqual(['.pre', 'one', '.post']);
  expect(jobs).toEqual([expect.objectContaining({
    name: 'job', image: { name: 'node:24' }, script: ['before', 'a', 'b'], afterScript: ['c'], timeout: 5400, retry: { max: 2, when: ['script_failure'] }, needs: [],
  })]);
});

test.each<[number, string]>([[2400, '40 minutes'], [90, '90 seconds'], [3600, '1 hour'], [86_400, '1 day'], [5, '5s']])('a timeout of %d seconds may be written "%s"', (seconds, timeout) => {
  expect(readCiFile(job({ timeout })).jobs[0]?.timeout).toBe(seconds);
});

test.each<[string, object]>([
  ['extends', { extends: '.base' }],
  ['cache', { cache: { paths: ['x'] } }],
  ['parallel', { parallel: 2 }],
  ['changes', { rules: [{ changes: ['x'] }] }],
  ['project', { needs: [{ project: 'a/b', job: 'x', ref: 'main', artifacts: true }] }],
])('a job with %s, which the coordinator does not model, is an error', (keyword, keywords) => {
  expect(() => readCiFile(job(keywords))).toThrow(`the coordinator does not model ${keyword}`);
});

test.each<[string, string]>([
  ['an unknown keyword', job({ scripts: ['x'] })],
  ['a number as the image', job({ image: 1 })],
])('a file that GitLab would reject for %s is an error', (_, text) => {
  expect(() => readCiFile(text)).toThrow('GitLab would reject the file');
});
