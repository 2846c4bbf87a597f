import type { Command } from './command';
import { PROGRAM_OPTIONS } from './completion-words';
import { LETTERS, Option, CONNECTION_VARIABLES } from './options';

const WIDTH = 80;

/** A longer name of an option stands on a line of its own. */
const LONGEST_NAME = 24;

/** The group of an option that names none. */
const OTHERS = 'Options';

type Row = readonly [name: string, text: string];

/**
 * The exit codes of a command that names none of its own.
 */
export const EXIT_CODES: ReadonlyMap<number, string> = new Map([
  [0, 'done'],
  [1, 'a check or the deployment failed'],
  [2, 'wrong usage or input; nothing was written or contacted'],
  [3, 'a server does not know the credential (401) or denies the request (403); a denial by an admission policy is 1'],
  [4, 'a server is unreachable or timed out; a retry may help'],
]);

const SIGNALS: Row = ['130, 143', 'ended by SIGINT, SIGTERM'];

/**
 * The help of the program: its commands, its options and the exit codes.
 */
export function overview(commands: ReadonlyMap<string, () => Command>): string {
  return sections([
    ['Give GitLab CI one Kubernetes namespace, and nothing else.'],
    ['Usage: cdk8s-ci-deploy COMMAND [ARGUMENTS]'],
    ['Commands:', ...table([...commands].map(([name, load]) => [name, load().summary]))],
    ['Options:', ...table([...PROGRAM_OPTIONS])],
    ['Variables:', ...table([...CONNECTION_VARIABLES])],
    exitCodes(EXIT_CODES),
  ]);
}

/**
 * The help of one command.
 */
export function commandHelp(command: Command): string {
  const { name, summary, operands, description, examples = [], variables = new Map(), exitCodes: codes = EXIT_CODES } = command;
  return sections([
    wrapped(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`),
    [`Usage: cdk8s-ci-deploy ${[name, ...operands].join(' ')} [OPTIONS]`],
    paragraphs(description),
    examples.length === 0 ? [] : ['Examples:', ...examples.flatMap(({ line, does }) => [...wrapped(`# ${does}`, '  ', '  # '), `  ${line}`])],
    ...optionGroups(command),
    variables.size === 0 ? [] : ['Variables:', ...table([...variables])],
    exitCodes(codes),
  ]);
}

function sections(all: string[][]): string {
  return `${all.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Joins the lines of each paragraph. An indented line, or one with a dash, is a paragraph of its own. */
function paragraphs(lines: readonly string[]): string[] {
  const isOwn = (line: string) => /^(?: |- |$)/.test(line);
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last === undefined || isOwn(last) || isOwn(line)) joined.push(line);
    else joined.splice(-1, 1, `${last} ${line}`);
  }
  return joined.flatMap((line) => {
    const [first = ''] = /^ *(?:- )?/.exec(line) ?? [];
    return wrapped(line.slice(first.length), first, first === '' ? '' : `${first.replace(/- $/, '')}  `);
  });
}

/** The groups by their first options, and the options without a group last. In all groups, and in each, required options come first. */
function optionGroups({ options }: Command): string[][] {
  const groups = new Map<string, Row[]>();
  const sorted = [...[...options].filter(([, { required }]) => required), ...[...options].filter(([, { required }]) => !required)];
  for (const [name, option] of [...sorted, ['help', { summary: 'show this help' }] as const]) {
    const group = option.group ?? OTHERS;
    groups.set(group, [...groups.get(group) ?? [], optionRow(name, option)]);
  }
  const others = groups.get(OTHERS) ?? [];
  groups.delete(OTHERS);
  return [...groups, [OTHERS, others] as const].map(([title, rows]) => [`${title}:`, ...table(rows)]);
}

function optionRow(name: string, { takes, many, required, summary }: Option): Row {
  const marks = [...required ? ['required'] : [], ...many ? ['repeatable'] : []];
  const letter = name === 'help' ? 'h' : LETTERS.get(name);
  return [`${letter === undefined ? '' : `-${letter}, `}--${name}${takes ? ` ${takes}` : ''}`, marks.length === 0 ? summary : `${summary} (${marks.join(', ')})`];
}

function exitCodes(codes: ReadonlyMap<number, string>): string[] {
  return ['Exit codes:', ...table([...[...codes].map(([code, text]): Row => [String(code), text]), SIGNALS])];
}

/** Rows of two columns, indented. */
function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([{ length }]) => length).filter((length) => length <= LONGEST_NAME), 0);
  const indent = ' '.repeat(width + 4);
  return rows.flatMap(([name, text]) => (name.length <= width
    ? wrapped(text, `  ${name.padEnd(width)}  `, indent)
    : [`  ${name}`, ...wrapped(text, indent, indent)]));
}

/** Words in lines of at most 80 characters, as far as no word is longer. */
function wrapped(text: string, first = '', others = ''): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      [line, isEmpty] = [others, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
