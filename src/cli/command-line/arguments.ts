import { parseArgs } from 'node:util';
import { fixedChoice, nearest } from './choices';
import { checkOptionRules, LETTERS, Option } from './options';
import { UserError, userError, show } from '../../base/user-error';

/**
 * The operands and options of a command.
 */
export interface Syntax {
  readonly name: string;
  /** The names of its operands for the help: `[FILE|-]`. `FILE...` as the last one accepts several. */
  readonly operands: string[];
  /** The least number of operands. */
  readonly required: number;
  readonly options: ReadonlyMap<string, Option>;
  /** Options that users try and that do not exist on purpose, with the reason and the alternative. */
  readonly missing?: ReadonlyMap<string, string>;
}

/**
 * The arguments of a command, checked against its options.
 */
export class Arguments {
  public constructor(public readonly operands: string[], private readonly values: ReadonlyMap<string, string[]>) {}

  /** Whether the command line has an option. */
  public has(option: string): boolean {
    return this.values.has(option);
  }

  /** The value of an option. */
  public one(option: string): string | undefined {
    return this.values.get(option)?.[0];
  }

  /** The values of a repeatable option. */
  public all(option: string): string[] {
    return this.values.get(option) ?? [];
  }

  /**
   * The value of an option with fixed choices. The first choice is the default.
   *
   * @throws For another value.
   */
  public choice<T extends string>(option: string, choices: readonly [T, ...T[]]): T {
    return fixedChoice(`--${option}`, this.one(option) ?? choices[0], choices);
  }
}

/**
 * Parses the arguments after the name of a command. Errors do not repeat values and operands, since one of them may be a secret by mistake.
 *
 * @throws `UserError` for arguments that the command does not accept, and for options that would have no effect.
 */
export function parseArguments(argv: string[], command: Syntax): Arguments {
  const options = Object.fromEntries([...command.options].map(([name, { takes }]) => [name, { type: takes ? 'string' : 'boolean', short: LETTERS.get(name) } as const]));
  const { tokens } = parseArgs({ args: argv, options: withoutUndefined(options), allowPositionals: true, strict: false, tokens: true });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = command.options.get(token.name) ?? unknownOption(token.rawName, token.name, command);
    const value = option.takes ? valueOf(token) : switchOf(token);
    if (option.isOperand) operands.push(value);
    else values.set(token.name, once(token.name, option, [...values.get(token.name) ?? [], value]));
  }
  checkOperands(operands, command);
  checkOptionRules(values, command.options);
  return new Arguments(operands, values);
}

/** Node refuses a `short` that is undefined. */
function withoutUndefined(options: Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  return Object.fromEntries(Object.entries(options).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]));
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function unknownOption(rawName: string, name: string, command: Syntax): never {
  const hint = command.missing?.get(name);
  if (hint) throw new UserError(`${rawName}: there is no such option on purpose: ${hint}`);
  const similar = nearest(name, [...command.options.keys(), 'help']);
  throw new UserError(`unknown option ${show(rawName)} of ${command.name}. ${similar ? `Did you mean --${similar}?` : `See cdk8s-ci-deploy ${command.name} --help.`}`);
}

function valueOf({ name, rawName, value: written, inlineValue }: OptionToken): string {
  // Node takes `-o=json` for `-o` with the value `=json`. kubectl accepts it.
  const value = inlineValue && !rawName.startsWith('--') ? written?.replace(/^=/, '') : written;
  const isOption = !inlineValue && value !== undefined && value.length > 1 && value.startsWith('-');
  if (value !== undefined && !isOption) return value;
  throw userError({ at: rawName, given: 'it has no value', expected: `${rawName} VALUE`, fix: `write --${name}=VALUE if the value starts with "-"` });
}

function switchOf({ rawName, value }: OptionToken): string {
  if (value === undefined) return '';
  throw userError({ at: rawName, given: 'it has a value', expected: 'the option alone', fix: `write ${rawName}` });
}

function once(name: string, option: Option, values: string[]): string[] {
  if (option.many || values.length === 1) return values;
  throw userError({ at: `--${name}`, given: `it is given ${values.length} times`, expected: 'once', fix: 'remove all but one' });
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
