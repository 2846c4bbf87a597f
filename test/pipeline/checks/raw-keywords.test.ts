import { job, problemsIn } from '../../support/pipeline-problems';

test.each(['include', 'variables', 'default', 'workflow', 'image', 'services', 'cache', 'before_script', 'after_script'])('the whole file may have %j', (keyword) => {
  expect(problemsIn({ raw: { [keyword]: {} } })).toEqual([]);
});

test.each([
  ['stages', 'use the option stages'],
  ['spec', 'leave it out'],
  ['deploy', 'add a job by addJob'],
  ['build', 'use the options of that job'],
])('the whole file may not have %j', (keyword, fix) => {
  expect(problemsIn({ jobs: [job('build')], raw: { [keyword]: {} } })).toEqual([expect.stringMatching(new RegExp(`^raw: it has the keyword "${keyword}".*; ${fix}$`))]);
});

test('keywords that a job does not have may be added', () => {
  expect(problemsIn({ jobs: [job('build', {}, { keywords: { stage: 'build', image: undefined, script: ['a'] }, raw: { retry: 2, image: 'a:1', coverage: '/a/' } })] })).toEqual([]);
});

test.each([
  ['script', 'use the option script'],
  ['stage', 'leave it out'],
  ['rules', 'choose the refs by the targets'],
  ['interruptible', 'leave it out: a deploy that is cut off leaves the release half written'],
])('a keyword that a job has already may not be added: %s', (keyword, fix) => {
  const keywords = { stage: 'build', script: ['a'], rules: [{ if: '$A' }], interruptible: false };
  const problems = problemsIn({ jobs: [job('build', {}, { keywords, raw: { [keyword]: keywords[keyword as 'stage'] } })] });
  expect(problems).toEqual([`job build: its raw keywords have "${keyword}", which it has already, expected keywords that the job does not have; ${fix}`]);
});
