import { asScope, effectiveVariable, matchesAll, matchesSome, OwnedVariable } from '../../../../src/cli/pipeline/project/project-variables';

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
])('the scope %j matches all environments %j: %s, some: %s', (scope, environment, all, some) => {
  expect([matchesAll(scope, environment), matchesSome(scope, environment!)]).toEqual([all, some]);
});

test('a job without an environment gets only variables with the scope *', () => {
  expect(['*', '**', 'production', 'prod*'].map((scope) => matchesAll(scope, undefined))).toEqual([true, false, false, false]);
});

test('a variable in the name of an environment becomes a star in its scope', () => {
  expect([MR, 'a/${B}/c', 'production'].map(asScope)).toEqual(['review/mr-*', 'a/*/c', 'production']);
});

function variable(environmentScope: string, owner = 'project', key = 'A'): OwnedVariable {
  return { key, environmentScope, owner, isOfProject: owner === 'project', type: 'file', protected: true, masked: true, hidden: true };
}

test.each<[string, OwnedVariable[], number | undefined]>([
  ['the variable with the exact scope', [variable('*'), variable('prod*'), variable('production')], 2],
  ['a matching scope rather than *', [variable('*'), variable('prod*')], 1],
  ['the variable of the project, although the scope of the group is exact', [variable('*'), variable('production', 'group')], 0],
  ['the variable of the group when that of the project does not match', [variable('staging'), variable('*', 'group')], 1],
  ['no variable of another key', [variable('production', 'project', 'B')], undefined],
])('a job gets %s', (_, variables, expected) => {
  expect(effectiveVariable('A', 'production', variables)).toBe(expected === undefined ? undefined : variables[expected]);
});
