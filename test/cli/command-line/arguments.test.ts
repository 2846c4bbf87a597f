import { parseArguments, Syntax } from '../../../src/cli/command-line/arguments';
import { nearest } from '../../../src/cli/command-line/choices';

const SYNTAX: Syntax = {
  name: 'paint',
  operands: ['WALL', 'OTHERS...'],
  required: 1,
  options: new Map([
    ['colour', { takes: 'NAME', summary: '' }],
    ['shade', { takes: 'NAME', many: true, summary: '' }],
    ['dry', { summary: '' }],
    ['output', { takes: 'text|json', summary: '' }],
  ]),
};

const parsed = (...argv: string[]) => parseArguments(argv, SYNTAX);

test('it separates operands, values and switches in any order', () => {
  const args = parsed('north', '--colour', 'red', 'south', '--dry', '--shade=a', '--shade', 'b');

  expect(args.operands).toEqual(['north', 'south']);
  expect([args.one('colour'), args.all('shade'), args.has('dry')]).toEqual(['red', ['a', 'b'], true]);
});

test('it returns nothing for options that the command line does not have', () => {
  const args = parsed('north');

  expect([args.one('colour'), args.all('shade'), args.has('dry')]).toEqual([undefined, [], false]);
});

test('it takes words after "--" as operands', () => {
  expect(parsed('--', '--dry', '-x').operands).toEqual(['--dry', '-x']);
});

test('it accepts values that start with "-" after "=", and "-" alone', () => {
  expect([parsed('a', '--colour=-red').one('colour'), parsed('a', '--colour', '-').one('colour')]).toEqual(['-red', '-']);
});

test('it returns the first choice by default, and rejects an unknown one', () => {
  expect([parsed('a').choice('output', ['text', 'json']), parsed('a', '--output', 'json').choice('output', ['text', 'json'])]).toEqual(['text', 'json']);
  expect(() => parsed('a', '--output', 'jsn').choice('output', ['text', 'json'])).toThrow(/^--output: "jsn", expected text, json; use --output json$/);
});

test.each<[string, string[], RegExp]>([
  ['an unknown option', ['a', '--color', 'red'], /^unknown option "--color" of paint\. Did you mean --colour\?$/],
  ['an unknown option without a similar one', ['a', '--wet'], /^unknown option "--wet" of paint\. See cdk8s-ci-deploy paint --help\.$/],
  ['an option without its value', ['a', '--colour'], /^--colour: it has no value, expected --colour VALUE; write --colour=VALUE if the value starts with "-"$/],
  ['a switch with a value', ['a', '--dry=yes'], /^--dry: it has a value, expected the option alone; write --dry$/],
  ['a repeated option', ['a', '--colour', 'b', '--colour', 'c'], /^--colour: it is given 2 times, expected once; remove all but one$/],
  ['too few operands', [], /^paint: there are 0 arguments, expected WALL OTHERS\.\.\.; see cdk8s-ci-deploy paint --help$/],
])('it rejects %s', (_, argv, message) => {
  expect(() => parsed(...argv)).toThrow(message);
});

test('it names the alternative of an option that does not exist on purpose', () => {
  expect(() => parseArguments(['a', '--token', 'x'], { ...SYNTAX, missing: new Map([['token', 'use --token-file']]) })).toThrow(
    /^--token: there is no such option on purpose: use --token-file$/);
});

test.each<[string, string | undefined]>([
  ['rendr', 'render'], ['kubeconf', 'kubeconfig'], ['kubecofnig', 'kubeconfig'], ['', undefined], ['verify', undefined],
])('the command nearest to %j is %s', (word, expected) => {
  expect(nearest(word, ['render', 'kubeconfig'])).toBe(expected);
});
