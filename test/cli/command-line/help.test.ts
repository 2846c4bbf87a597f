import { parseArguments } from '../../../src/cli/command-line/arguments';
import type { Command } from '../../../src/cli/command-line/command';
import { commandHelp, overview } from '../../../src/cli/command-line/help';
import { COMMANDS } from '../../../src/cli/lazy-commands';

const COMMAND: Command = {
  name: 'paint',
  summary: 'paint a wall',
  operands: ['WALL'],
  required: 1,
  description: ['Paints the wall', 'in one colour.', '', 'Rules:', `- ${'word '.repeat(20)}`.trim(), '  dry for a day'],
  options: new Map([
    ['coats', { takes: 'NUMBER', summary: 'how many coats (default: 2)' }],
    ['shade', { takes: 'NAME', many: true, group: 'Colour', summary: 'a shade of the colour' }],
    ['colour', { takes: 'NAME', required: true, group: 'Colour', summary: 'the colour' }],
    ['a-name-that-is-very-long', { takes: 'VALUE', summary: 'anything' }],
  ]),
  run: async () => 0,
};

describe('the help of a command', () => {
  test('has the summary, the usage, wrapped text, the options in groups with required ones first, and the exit codes', () => {
    expect(commandHelp(COMMAND)).toBe(`Paint a wall.

Usage: cdk8s-ci-deploy paint WALL [OPTIONS]

Paints the wall in one colour.

Rules:
- word word word word word word word word word word word word word word word
  word word word word word
  dry for a day

Colour:
  --colour NAME  the colour (required)
  --shade NAME   a shade of the colour (repeatable)

Options:
  --coats NUMBER  how many coats (default: 2)
  --a-name-that-is-very-long VALUE
                  anything
  -h, --help      show this help

Exit codes:
  0         done
  1         a check or the deployment failed
  2         wrong usage or input; nothing was written or contacted
  3         a server does not know the credential (401) or denies the request
            (403); a denial by an admission policy is 1
  4         a server is unreachable or timed out; a retry may help
  130, 143  ended by SIGINT, SIGTERM
`);
  });

  test('has the examples, the variables and the exit codes that the command names', () => {
    const help = commandHelp({
      ...COMMAND,
      examples: [{ line: 'cdk8s-ci-deploy paint north', does: 'Paint the north wall' }],
      variables: new Map([['PAINT_STORE', 'where the paint is']]),
      exitCodes: new Map([[0, 'the wall is painted']]),
    });

    expect(help).toContain('Examples:\n  # Paint the north wall\n  cdk8s-ci-deploy paint north\n\nColour:\n');
    expect(help).toContain('\n\nVariables:\n  PAINT_STORE  where the paint is\n\nExit codes:\n  0         the wall is painted\n  130, 143  ');
  });
});

test('the overview lists each command with its summary', () => {
  expect(overview(new Map([['paint', () => COMMAND]]))).toContain('\n\nCommands:\n  paint  paint a wall\n\nOptions:\n  --help     show');
});

test('the letters of options stand before their names', () => {
  const options = new Map([['namespace', { takes: 'NAME', summary: 'the room' }], ['recursive', { summary: 'all rooms' }]]);

  expect(commandHelp({ ...COMMAND, options })).toContain('Options:\n  -n, --namespace NAME  the room\n  -R, --recursive       all rooms\n  -h, --help            show this help\n');
});

test('no line of the overview is wider than 80 columns', () => {
  expect(overview(COMMANDS).split('\n').filter((line) => line.length > 80)).toEqual([]);
});

describe.each([...COMMANDS])('the help of %s', (name, load) => {
  test('is at most 80 columns wide', () => {
    expect(commandHelp(load()).split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('has two examples or more, and names the exit codes', () => {
    expect((load().examples ?? []).length).toBeGreaterThanOrEqual(2);
    expect(commandHelp(load())).toMatch(/\n\nExit codes:\n {2}0 /);
  });

  test('breaks no word', () => {
    const words = new Set(commandHelp(load()).split(/[\s.,()]+/));
    const source = [load().summary, ...load().description, ...[...load().options.values()].flatMap(({ summary, takes = '' }) => [summary, takes])].join(' ').split(/[\s.,()]+/);

    expect(source.slice(1).filter((word) => !words.has(word))).toEqual([]);
  });

  test('has examples that the command accepts', () => {
    const lines = (load().examples ?? []).flatMap(({ line }) => line.replace(/ *\\\n */g, ' ').split(/ [|>&]+ /)).filter((line) => /^(?:.* )?cdk8s-ci-deploy /.test(line));
    const words = lines.map((line) => line.split(' ')).map((all) => all.slice(all.indexOf('cdk8s-ci-deploy') + 1));

    expect(words.filter(([command]) => command !== name)).toEqual([]);
    for (const [, ...args] of words) expect(() => parseArguments(args, load())).not.toThrow();
  });
});
