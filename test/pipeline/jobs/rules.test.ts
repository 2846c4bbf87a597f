import { implies, unionOfRules } from '../../../src/pipeline/jobs/rules';

test.each([
  ['$A', '$A', true],
  ['$A && $B', '$A', true],
  ['$A', '$A && $B', false],
  ['$AB', '$A', false],
  ['$B', '$A', false],
])('the condition %j implies %j: %p', (one, other, expected) => {
  expect(implies({ if: one }, { if: other })).toBe(expected);
});

test('a union has each condition once, and none that another includes', () => {
  expect(unionOfRules([{ if: '$A && $B', when: 'manual' }, { if: '$A' }, { if: '$C' }, { if: '$A' }])).toEqual([{ if: '$A' }, { if: '$C' }]);
});
