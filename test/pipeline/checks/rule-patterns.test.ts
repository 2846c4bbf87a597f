import { job, problemsIn } from '../../support/pipeline-problems';

const problemsOf = (condition: string) => problemsIn({ added: [job('lint', { rules: [{ if: condition }] })] });

test.each([
  '$CI_COMMIT_TAG =~ /^v\\d+$/',
  '$CI_COMMIT_BRANCH =~ /^release\\/\\d/i && $CI_COMMIT_TAG !~ /beta/',
  '$CI_COMMIT_BRANCH == "/v(/"',
  '$CI_COMMIT_TITLE =~ $PATTERN',
])('a rule may be %s', (condition) => {
  expect(problemsOf(condition)).toEqual([]);
});

test.each([
  ['$CI_COMMIT_TAG =~ /v(/', 'job lint: a rule has the expression "v(", and "(" at character 2 has no ")", expected an expression that GitLab can read'],
  ['$A == "b" && $CI_COMMIT_BRANCH !~ /^(?!main)/', 'is a look-around, which RE2 does not have'],
  ['$CI_COMMIT_TAG =~ /^v/g', 'the flag g behind it is none of GitLab'],
  ['$CI_COMMIT_TAG =~ /v/', 'GitLab finds no expression of one character, expected an expression that GitLab can read; write it as /(?:v)/'],
])('a rule may not be %s', (condition, problem) => {
  expect(problemsOf(condition)).toEqual([expect.stringContaining(problem)]);
});

test('the rules of the workflow are checked', () => {
  expect(problemsIn({ raw: { workflow: { rules: [{ if: '$CI_COMMIT_TAG =~ /[/' }] } } })).toEqual([expect.stringContaining('workflow: a rule has the expression "["')]);
});
