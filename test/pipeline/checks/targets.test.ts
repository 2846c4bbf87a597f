import { DeployTarget } from '../../../src';
import { problemsOfTargets, review, target } from '../../support/pipeline-problems';

const LONGEST = `a${'b'.repeat(62)}`;

test.each(['web', 'a', 'web-2', '2-web', LONGEST])('an application may be called %j', (app) => {
  expect(problemsOfTargets([target()], app)).toEqual([]);
});

test.each(['', 'Web', 'web_1', '-web', 'web-', 'web.example', 'web app', '$CI_PROJECT_NAME', 'web; true', 'a\nb', `${LONGEST}c`])('an application may not be called %j', (app) => {
  expect(problemsOfTargets([target()], app)).toEqual([expect.stringMatching(/^app: it is .*, expected a DNS label of at most 63 /)]);
});

test.each([['My App', 'my-app'], ['-web_2.0-', 'web-2-0'], ['', 'my-app'], [`${LONGEST}c`, LONGEST]])('the error for the name %j suggests %j', (app, valid) => {
  expect(problemsOfTargets([target()], app)).toEqual([expect.stringContaining(`such as "${valid}"`)]);
});

test('the name of an application with review apps has at most 53 characters', () => {
  expect(problemsOfTargets([review()], 'a'.repeat(53))).toEqual([]);
  expect(problemsOfTargets([review()], 'a'.repeat(54))).toEqual([expect.stringContaining('of at most 53 ')]);
});

test.each(['production', 'Prod', 'eu-1', 'eu/prod', 'a.b', '_a', '2', 'a'.repeat(255)])('an environment may be called %j', (environment) => {
  expect(problemsOfTargets([target({ environment, namespace: 'example' })])).toEqual([]);
});

test.each(['', 'a b', '$CI_COMMIT_REF_SLUG', '${A}', '..', '../a', 'a/..', 'a//b', '/a', 'a/', '-a', 'a/-b', '.a', 'a;b', 'ä', 'a\n', 'a'.repeat(256)])(
  'an environment may not be called %j', (environment) => {
    expect(problemsOfTargets([target({ environment, namespace: 'example' })])).toEqual([expect.stringContaining('its environment is "')]);
  });

test('an invalid namespace is rejected when the target is created', () => {
  expect(() => DeployTarget.of({ environment: 'a', namespace: 'No_Namespace' })).toThrow('namespace is "No_Namespace"');
});

test('a pipeline needs a target', () => {
  expect(problemsOfTargets([])).toEqual(['targets: there are none, expected at least one; add a DeployTarget']);
});

test.each([
  ['two environments', [target(), target({ environment: 'production' })]],
  ['names that begin alike', [target({ environment: 'prod' }), target({ environment: 'prod-eu' })]],
  ['folders side by side', [target({ environment: 'eu/prod' }), target({ environment: 'us/prod' })]],
  ['review apps in a namespace of their own', [target(), review('example-review')]],
])('%s are accepted', (_, targets) => {
  expect(problemsOfTargets(targets)).toEqual([]);
});

test.each([
  ['two targets in one namespace', [target({ namespace: 'one' }), target({ environment: 'production', namespace: 'one' })],
    'target production: its namespace "one" is that of target staging, expected a namespace for each target'],
  ['review apps in the namespace of a target', [target({ namespace: 'one' }), review('one')],
    'target review: its namespace "one" is that of target staging, expected a namespace for review apps only'],
  ['a target in the namespace of review apps', [review('one'), target({ namespace: 'one' })],
    'target staging: its namespace "one" is that of target review, expected a namespace for review apps only'],
  ['two targets with one environment', [target(), target({ namespace: 'other' })], 'target staging: another target has that environment'],
  ['a target whose folder contains that of another', [target({ environment: 'eu/prod' }), target({ environment: 'eu' })], 'the folder "eu" contains the folder "eu/prod" of another target'],
  ['a target whose folder is in that of review apps', [review(), target({ environment: 'review/a' })], 'the folder "review" contains the folder "review/a" of another target'],
])('a pipeline may not have %s', (_, targets, expected) => {
  expect(problemsOfTargets(targets)).toEqual([expect.stringContaining(expected)]);
});

test('all problems of targets are reported at once', () => {
  const problems = problemsOfTargets([target({ environment: 'a b', namespace: 'one' }), target({ environment: 'b', namespace: 'one', after: 'c' })], 'Web');
  expect(problems.map((problem) => problem.slice(0, problem.indexOf(':')))).toEqual(['app', 'target "a b"', 'target b', 'target b']);
});

test('a target may come after any target before it', () => {
  const targets = ['a', 'b', 'c'].map((environment) => target({ environment, after: environment === 'c' ? 'a' : undefined }));
  expect(problemsOfTargets(targets)).toEqual([]);
});

test.each([
  ['an environment that is no target', 'd', 'expected a; use one of these environments'],
  ['itself', 'b', 'expected a; use one of these environments'],
  ['a later target', 'c', 'which is later in the list, expected a; change their order'],
  ['a review app', 'review/mr-$CI_MERGE_REQUEST_IID', 'expected a; use one of these environments'],
])('a target may not come after %s', (_, after, expected) => {
  const targets = [review(), target({ environment: 'a' }), target({ environment: 'b', after }), target({ environment: 'c' })];
  expect(problemsOfTargets(targets)).toEqual([expect.stringMatching(`^target b: it comes after .*${expected}$`)]);
});

test('the first target may not come after another', () => {
  expect(problemsOfTargets([target({ after: 'b' })])).toEqual(['target staging: it comes after "b", expected no option after on the first target; remove after']);
});
