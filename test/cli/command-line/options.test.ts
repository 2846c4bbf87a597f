import { parseArguments, Syntax } from '../../../src/cli/command-line/arguments';
import { FILENAME_OPTION, withOptionProperties } from '../../../src/cli/command-line/options';

const SYNTAX: Syntax = {
  name: 'paint',
  operands: ['WALL...'],
  required: 1,
  options: new Map([
    ...FILENAME_OPTION,
    ['output', { takes: 'text|json|-', summary: '' }],
    ['namespace', { takes: 'NAME', summary: '' }],
    ['recursive', { summary: '' }],
    ['frame', { takes: 'WOOD', summary: '' }],
    ['glue', { summary: '', needs: ['frame', 'output=-'] }],
    ['dry', { summary: '', excludes: ['frame', 'output=json'] }],
  ]),
};

const parsed = (...argv: string[]) => parseArguments(argv, SYNTAX);

test.each<[string, string[], RegExp]>([
  ['one that needs another option', ['--glue'], /^--glue: it has no effect without --frame or --output -, expected both options; add --frame, or remove --glue$/],
  ['one that needs another value', ['--glue', '--output', 'text'], /^--glue: it has no effect without --frame or --output -/],
  ['one beside an option that it excludes', ['--dry', '--frame', 'oak'], /^--dry: it cannot be combined with --frame, expected one of them; remove --dry or --frame$/],
  ['one beside a value that it excludes', ['--output=json', '--dry'], /^--dry: it cannot be combined with --output json/],
])('it refuses %s', (_, argv, message) => {
  expect(() => parsed('north', ...argv)).toThrow(message);
});

test.each([[['--glue', '--frame', 'oak']], [['--output', '-', '--glue']], [['--dry', '--output', 'text']], [['--dry']]])('it accepts %j', (argv) => {
  expect(() => parsed('north', ...argv)).not.toThrow();
});

test('options of one command keep their own rules beside those of the command', () => {
  const changed = withOptionProperties([['dry', { summary: '', needs: ['frame'], excludes: ['glue'] }]], { group: 'Paint', excludes: ['output'] });

  expect(changed).toEqual([['dry', { summary: '', group: 'Paint', needs: ['frame'], excludes: ['glue', 'output'] }]]);
});

test.each([[['-n', 'web', '-o', 'json']], [['-nweb', '-ojson']], [['-Rn', 'web', '-o=json']]])('it reads the letters of kubectl in %j', (argv) => {
  const args = parsed('north', ...argv);

  expect([args.one('namespace'), args.one('output')]).toEqual(['web', 'json']);
});

test('it takes the files of -f and --filename as operands, in the order of the command line', () => {
  const args = parsed('-f', 'a.yaml', 'b', '--filename=c', '-f', '-');

  expect([args.operands, args.has('filename')]).toEqual([['a.yaml', 'b', 'c', '-'], false]);
});

test('it counts the files of -f among the operands', () => {
  expect(() => parseArguments(['-f', 'a', 'b'], { ...SYNTAX, operands: ['WALL'] })).toThrow(/^paint: there are 2 arguments, expected WALL/);
});

test('it names a letter as the user wrote it', () => {
  expect(() => parsed('north', '-n')).toThrow(/^-n: it has no value, expected -n VALUE/);
});
