import { re2Problem } from '../../src/gitlab/re2';

test.each([
  '^v\\d+\\.\\d+\\.\\d+$', 'v', 'release-.*', '(?i)^v', '(?i:v|V)+?', '(?P<major>\\d+)', '(?<major>\\d+)', '[^a-z0-9_-]', '[]a]', '[[:alpha:][:^digit:]]', 'a{2}', 'a{2,}', 'a{,2}', 'a{',
  '\\Qv(\\E*', '\\pL\\p{Greek}\\P{^Latin}', '\\x41\\x{1F600}', '\\012', '\\_', '😀{2}[😀-😁]', 'a||b', '()', '(a{31}){32}', '^*',
])('RE2 reads %j', (pattern) => {
  expect(re2Problem(pattern)).toBeUndefined();
});

test.each([
  ['v(', '"(" at character 2 has no ")"'],
  ['v)', '")" at character 2 has no "(" before it'],
  ['v[0-9', '"[" at character 2 has no "]"'],
  ['[9-0]', '"9-0" at character 2 is a range in the wrong order'],
  ['[a-\\d]', '"\\d" at character 4 is no escape that RE2 knows'],
  ['[[:letter:]]', '"[:letter:]" at character 2 is no class that RE2 knows'],
  ['*-beta', '"*" at character 1 has nothing before it to repeat'],
  ['a|+', '"+" at character 3 has nothing before it to repeat'],
  ['\\d++', '"+" at character 4 repeats a repetition'],
  ['a{2}{3}', '"{3}" at character 5 repeats a repetition'],
  ['a{1001}', '"{1001}" at character 2 is no repetition that RE2 accepts'],
  ['a{3,2}', '"{3,2}" at character 2 is no repetition that RE2 accepts'],
  ['(a{32}){32}', '"{32}" at character 8 repeats nested parts more than 1000 times'],
  ['^(?!v)', '"(?!v" at character 2 is a look-around, which RE2 does not have'],
  ['(?<=v)1', '"(?<=" at character 1 is a look-around, which RE2 does not have'],
  ['(?>a)', '"(?>a" at character 1 is no group that RE2 knows'],
  ['(?x)a', '"(?x)" at character 1 is no group that RE2 knows'],
  ['(v)\\1', '"\\1" at character 4 is a reference to a group, which RE2 does not have'],
  ['v\\Z', '"\\Z" at character 2 is no escape that RE2 knows'],
  ['\\h', '"\\h" at character 1 is no escape that RE2 knows'],
  ['v\\', '"\\" at character 2 ends the expression'],
  ['\\p{Grek}', '"\\p{Grek}" at character 1 is no class of Unicode'],
  ['(?P<a-b>v)', '"(?P<a-b>" at character 1 has an invalid name'],
  ['(?P<a>v)(?P<a>w)', '"(?P<a>" at character 9 has the name of another group'],
])('RE2 cannot read %j', (pattern, problem) => {
  expect(re2Problem(pattern)?.problem).toBe(problem);
});
