import type { Command } from './command';
import { LETTERS } from './options';

/** The shells that completion is written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = typeof SHELLS[number];

/**
 * The words that a shell completes after the name of a command.
 */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly operands: CompletedValue;
}

/**
 * An option, with its letter.
 */
export interface CompletedOption {
  readonly name: string;
  readonly letter?: string;
  readonly summary: string;
  readonly many: boolean;
  /** Missing for a switch. */
  readonly value?: CompletedValue;
}

/**
 * The words that complete a value: fixed ones, names of files, or none.
 */
export interface CompletedValue {
  /** Its name in the help. */
  readonly name: string;
  readonly words: readonly string[];
  readonly areFiles: boolean;
}

/** Options of the program, and their summaries. */
export const PROGRAM_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['--help', 'show this help, or that of a command: --help COMMAND'],
  ['--version', 'show the version'],
]);

/**
 * The words of all commands, and of `help`, from the tables of the help.
 */
export function completedCommands(commands: readonly Command[]): CompletedCommand[] {
  const names = commands.map(({ name }) => name);
  const help = { name: 'help', summary: 'show the help of a command', options: [], operands: { name: 'COMMAND', words: names, areFiles: false } };
  return [...commands.map(completedCommand), help];
}

function completedCommand({ name, summary, options, operands }: Command): CompletedCommand {
  const all = [...options].map(([option, { takes, many = false, summary: text }]): CompletedOption => ({
    name: option, letter: LETTERS.get(option), summary: text, many, value: takes === undefined ? undefined : completedValue(takes),
  }));
  const help: CompletedOption = { name: 'help', letter: 'h', summary: 'show this help', many: false };
  return { name, summary, options: [...all, help], operands: completedValue(operands.map((operand) => operand.replace(/[[\]]|\.\.\./g, '')).join('|')) };
}

/** The help writes fixed words in small letters: `text|json|-`. */
function completedValue(name: string): CompletedValue {
  return {
    name,
    words: name.split('|').filter((word) => /^[a-z][a-z_0-9]*$/.test(word) || (word === '-' && /^[a-z]/.test(name))),
    areFiles: /\b(?:FILE|FOLDER|PROGRAM|ACCESS)\b/.test(name),
  };
}
