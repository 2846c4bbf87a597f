import { parseArgs } from 'node:util';
import { nearest } from './nearest';
import { userError, show } from '../../base/user-error';

/**
 * One option of a command.
 */
export interface Option {
  /** The name of its value in the help; an option without one is a switch. */
  readonly takes?: string;
  /** Whether it may be given several times. */
  readonly many?: boolean;
  readonly summary: string;
  /** The heading in the help above it and others. @default Options */
  readonly group?: string;
  /** Whether the help marks it as required. The command itself checks it. */
  readonly required?: boolean;
}

/**
 * What a command accepts.
 */
export interface Syntax {
  readonly name: string;
  /** What may follow the name, apart from options: `[FILE|-]`. The last one may stand for several: `FILE...`. */
  readonly operands: string[];
  /** Operands that must be there. */
  readonly required: number;
  readonly options: ReadonlyMap<string, Option>;
  /** Options that people try and that are missing on purpose, with what to do instead. */
  readonly missing?: ReadonlyMap<string, string>;
}

/**
 * The arguments of a command, checked against its options.
 */
export class Arguments {
  public constructor(public readonly operands: string[], private readonly values: ReadonlyMap<string, string[]>) {}

  /** Whether a switch was given. */
  public has(option: string): boolean {
    return this.values.has(option);
  }

  /** The value of an option. */
  public one(option: string): string | undefined {
    return this.values.get(option)?.[0];
  }

  /** The values of an option that may be given several times. */
  public all(option: string): string[] {
    return this.values.get(option) ?? [];
  }

  /** The value of an option that knows only some. */
  public choice<T extends string>(option: string, choices: readonly [T, ...T[]]): T {
    const value = this.one(option) ?? choices[0];
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw userError({ at: `--${option}`, given: show(value), expected: choices.join(', '), fix: 'choose one of them' });
  }
}

/**
 * Reads what follows the name of a command. Errors repeat neither values nor operands: one of them may be a secret in the wrong place.
 */
export function parseArguments(argv: string[], command: Syntax): Arguments {
  const options = Object.fromEntries([...command.options].map(([name, { takes }]) => [name, { type: takes ? 'string' : 'boolean' } as const]));
  const { tokens } = parseArgs({ args: argv, options, allowPositionals: true, strict: false, tokens: true });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = command.options.get(token.name) ?? unknownOption(token.rawName, token.name, command);
    const value = option.takes ? valueOf(token) : switchOf(token);
    values.set(token.name, once(token.name, option, [...values.get(token.name) ?? [], value]));
  }
  checkOperands(operands, command);
  return new Arguments(operands, values);
}

interface OptionToken {
  readonly name: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function unknownOption(rawName: string, name: string, command: Syntax): never {
  const hint = command.missing?.get(name);
  if (hint) throw userError({ at: rawName, given: 'there is no such option on purpose', expected: 'no secret among the arguments', fix: hint });
  const names = [...command.options.keys()];
  const similar = nearest(name, names);
  throw userError({
    at: show(rawName),
    given: `${command.name} has no such option`,
    expected: names.map((valid) => `--${valid}`).join(', '),
    fix: similar ? `did you mean --${similar}?` : `see cdk8s-ci-deploy ${command.name} --help`,
  });
}

function valueOf({ name, value, inlineValue }: OptionToken): string {
  const isOption = !inlineValue && value !== undefined && value.length > 1 && value.startsWith('-');
  if (value !== undefined && !isOption) return value;
  throw userError({ at: `--${name}`, given: 'it has no value', expected: `--${name} VALUE`, fix: `give one, as --${name}=VALUE if it starts with "-"` });
}

function switchOf({ name, value }: OptionToken): string {
  if (value === undefined) return '';
  throw userError({ at: `--${name}`, given: 'it has a value', expected: 'the option alone', fix: 'leave the value out' });
}

function once(name: string, option: Option, values: string[]): string[] {
  if (option.many || values.length === 1) return values;
  throw userError({ at: `--${name}`, given: `it is there ${values.length} times`, expected: 'once', fix: 'decide for one' });
}

function checkOperands(operands: string[], command: Syntax): void {
  const most = command.operands.at(-1)?.endsWith('...') ? Infinity : command.operands.length;
  if (operands.length >= command.required && operands.length <= most) return;
  throw userError({
    at: command.name,
    given: operands.length === 1 ? 'there is 1 argument' : `there are ${operands.length} arguments`,
    expected: command.operands.join(' ') || 'none',
    fix: `see cdk8s-ci-deploy ${command.name} --help`,
  });
}
