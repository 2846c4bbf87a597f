import { evaluate } from './expression';

const VARIABLES = { A: 'a', B: 'b', EMPTY: '', BRANCH: 'feature/x', PATTERN: '/^feature/', TAG: 'v1.2.3' };

test.each<[string, boolean]>([
  ['$A', true],
  ['$EMPTY', false],
  ['$MISSING', false],
  ['$MISSING == null', true],
  ['$EMPTY == null', false],
  ['$EMPTY == ""', true],
  ['$MISSING == ""', false],
  ['$A == "a"', true],
  ['$A == \'b\'', false],
  ['$A != $B', true],
  ['$BRANCH =~ /^feature\\//', true],
  ['$BRANCH =~ /FEATURE/i', true],
  ['$BRANCH !~ /^main$/', true],
  ['$MISSING =~ /x/', false],
  ['$MISSING !~ /x/', true],
  ['$BRANCH =~ $PATTERN', true],
  ['$BRANCH =~ $MISSING', false],
  ['$TAG =~ /^v\\d+\\.\\d+/', true],
  ['$MISSING && $A || $B', true],
  ['$MISSING && ($A || $B)', false],
  ['$A == "a" && $B == "b"', true],
  ['($A == "x" || $B == "b") && $TAG', true],
])('%s is %s', (expression, expected) => {
  expect(evaluate(expression, VARIABLES)).toBe(expected);
});

test.each(['$A ==', '== $A', '$A & $B', '($A', '$A $B', 'A == "a"', '', '$A =~ /x'])('the expression %j is rejected', (expression) => {
  expect(() => evaluate(expression, VARIABLES)).toThrow('rules:if is not valid');
});
