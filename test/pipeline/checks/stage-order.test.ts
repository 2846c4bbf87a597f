import { job, problemsIn } from '../../support/pipeline-problems';

test.each(['build', 'test', '.pre', '.post'])('a job may be in the stage %j', (stage) => {
  expect(problemsIn({ added: [job('a', { stage })] })).toEqual([]);
});

test('a hidden job may be in any stage', () => {
  expect(problemsIn({ added: [job('.a', { stage: 'other' })] })).toEqual([]);
});

test.each(['other', 'Test', ''])('a job may not be in the stage %j', (stage) => {
  expect(problemsIn({ added: [job('a', { stage })] })).toEqual([
    `job a: its stage is "${stage}", expected one of .pre, build, test, deploy, .post; list it in stages`,
  ]);
});
