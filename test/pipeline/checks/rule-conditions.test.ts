import { conjunction } from '../../../src/pipeline/checks/rule-conditions';

test.each([
  ['$A', ['$A']],
  ['$A && $B', ['$A', '$B']],
  ['$A&&$B  == "x"', ['$A', '$B == "x"']],
  ['$A == "x && y" && $B', ['$A == "x && y"', '$B']],
  ['$A =~ /a&&b|(c)/ && $B', ['$A =~ /a&&b|(c)/', '$B']],
  ['$A != \'a || b\'', ['$A != \'a || b\'']],
])('the conditions of %j are %j', (expression, conditions) => {
  expect([...conjunction(expression) ?? []]).toEqual(conditions);
});

test.each(['$A || $B', '($A && $B)', '$A && ($B || $C)'])('%j is too complex, so it has no list of conditions', (expression) => {
  expect(conjunction(expression)).toBeUndefined();
});
