import { DeployRef } from '../../../src';
import { messageOf } from '../../support/synth';

const condition = (ref: DeployRef) => ref._rule(false).if;

test('a ref is the default branch, a branch or tags', () => {
  expect(condition(DeployRef.defaultBranch())).toBe('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH');
  expect(condition(DeployRef.branch('release/1'))).toBe('$CI_COMMIT_BRANCH == "release/1"');
  expect(condition(DeployRef.tag())).toBe('$CI_COMMIT_TAG');
  expect(condition(DeployRef.tag('^v\\d+$'))).toBe('$CI_COMMIT_TAG =~ /^v\\d+$/');
});

test('a protected ref has one more condition', () => {
  expect(DeployRef.tag()._rule(true)).toEqual({ if: '$CI_COMMIT_TAG && $CI_COMMIT_REF_PROTECTED == "true"' });
});

test('a branch with a double quote gets single quotes', () => {
  expect(condition(DeployRef.branch('a"b'))).toBe('$CI_COMMIT_BRANCH == \'a"b\'');
});

test.each(['', 'a\nb', 'a"b\'c'])('a branch may not be called %j', (name) => {
  expect(messageOf(() => DeployRef.branch(name))).toContain('expected one line of text with quotes of one kind at most; rename the branch');
});

test.each([
  ['v(', 'ref: the expression is "v(", and "(" at character 2 has no ")", expected an expression that RE2 can read; close the group'],
  ['^v(?!0)', 'is a look-around, which RE2 does not have'],
  ['(v)\\1', 'is a reference to a group'],
])('the expression of tags %j is rejected, because RE2 cannot read it', (expression, message) => {
  expect(messageOf(() => DeployRef.tag(expression))).toContain(message);
});

test.each([['v', '/(?:v)/'], ['v\\\\', '/(?:v\\\\)/'], ['v1', '/v1/']])('GitLab finds the expression of tags %j', (expression, literal) => {
  expect(condition(DeployRef.tag(expression))).toBe(`$CI_COMMIT_TAG =~ ${literal}`);
  // lib/gitlab/ci/pipeline/expression/lexeme/pattern.rb
  expect(/^\/([^/]|\\\/)+[^\\]\/[ismU]*/.exec(literal)?.[0]).toBe(literal);
});

test.each(['a/b', 'a\nb'])('the expression of tags may not be %j', (expression) => {
  expect(messageOf(() => DeployRef.tag(expression))).toContain('expected one line without "/"; write "." for each "/" of the tag');
});
