import { asScope, given, isFor, mayBeFor } from '../../../../src/cli/pipeline/project/precedence';
import { OwnedVariable } from '../../../../src/cli/pipeline/project/project-variables';

const MR = 'review/mr-$CI_MERGE_REQUEST_IID';

test.each<[string, string | undefined, boolean, boolean]>([
  ['production', 'production', true, true],
  ['prod*', 'production', true, true],
  ['*', 'production', true, true],
  ['staging', 'production', false, false],
  ['review/*', MR, true, true],
  ['review/mr-*', MR, true, true],
  ['*/mr-*', 'review/mr-${CI_MERGE_REQUEST_IID}', true, true],
  ['review/mr-1', MR, false, true],
  ['review/mr-1*', MR, false, true],
  ['review', MR, false, false],
  ['*', MR, true, true],
])('a variable for %j is for all environments %j: %s, for some: %s', (scope, environment, all, some) => {
  expect([isFor(scope, environment), mayBeFor(scope, environment!)]).toEqual([all, some]);
});

test('a job without an environment gets what every job gets', () => {
  expect(['*', '**', 'production', 'prod*'].map((scope) => isFor(scope, undefined))).toEqual([true, false, false, false]);
});

test('the scope of environments with a variable in their name has a star in its place', () => {
  expect([MR, 'a/${B}/c', 'production'].map(asScope)).toEqual(['review/mr-*', 'a/*/c', 'production']);
});

function variable(environmentScope: string, owner = 'project', key = 'A'): OwnedVariable {
  return { key, environmentScope, owner, isOfProject: owner === 'project', type: 'file', protected: true, masked: true, hidden: true };
}

test.each<[string, OwnedVariable[], number | undefined]>([
  ['that of its very environment', [variable('*'), variable('prod*'), variable('production')], 2],
  ['one that matches before that for every environment', [variable('*'), variable('prod*')], 1],
  ['that of the project, though that of the group is closer to its environment', [variable('*'), variable('production', 'group')], 0],
  ['that of the group, where the project has one for other jobs only', [variable('staging'), variable('*', 'group')], 1],
  ['none of another key', [variable('production', 'project', 'B')], undefined],
])('a job gets %s', (_, variables, expected) => {
  expect(given('A', 'production', variables)).toBe(expected === undefined ? undefined : variables[expected]);
});
