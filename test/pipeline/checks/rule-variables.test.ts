import { JOB_ONLY_VARIABLES } from '../../../src/gitlab/predefined-variables';
import { job, problemsIn } from '../../support/pipeline-problems';

function problemsOfRule(condition: string): string[] {
  return problemsIn({ added: [job('a', { rules: [{ if: condition }] })] });
}

test.each(['$CI_COMMIT_BRANCH', '$CI_PIPELINE_IID == "1"', '$MINE', '"$CI_JOB_ID" == "$CI_JOB_ID"', '$A == \'$CI_JOB_ID\'', '$A =~ /$CI_JOB_ID/', '$CI_PIPELINE_SOURCE'])(
  'a rule may ask for %j', (condition) => {
    expect(problemsOfRule(condition)).toEqual([]);
  });

test.each([...JOB_ONLY_VARIABLES])('a rule may not ask for $%s', (name) => {
  expect(problemsOfRule(`$A && $${name} != null`)).toEqual([expect.stringContaining(`job a: a rule asks for $${name}, which only a running job has`)]);
});

test.each(['CI_ENVIRONMENT_NAME', 'CI_ENVIRONMENT_SLUG', 'CI_ENVIRONMENT_URL'])('a rule may not ask for $%s', (name) => {
  expect(problemsOfRule(`$${name}`)).toEqual([expect.stringContaining('which comes from the environment of a job')]);
});

test('a rule may not ask for what a dotenv report gives', () => {
  const jobs = [job('image', {}, { name: 'container', gives: ['IMAGE'] })];
  expect(problemsIn({ jobs, added: [job('a', { rules: [{ if: '$IMAGE' }] })] })).toEqual([
    expect.stringContaining('job a: a rule asks for $IMAGE, which a job gives by its dotenv report'),
  ]);
});

test('the rules of the whole file are looked at', () => {
  expect(problemsIn({ raw: { workflow: { rules: [{ if: '$CI_PIPELINE_ID' }, { when: 'always' }] } } })).toEqual([
    expect.stringContaining('workflow: a rule asks for $CI_PIPELINE_ID'),
  ]);
});
