import { userError } from '../../base/user-error';

/**
 * One option of a command.
 */
export interface Option {
  /** The name of its value in the help. An option without it is a switch. */
  readonly takes?: string;
  /** Whether a command line may repeat it. */
  readonly many?: boolean;
  readonly summary: string;
  /** The heading in the help above it and others. @default Options */
  readonly group?: string;
  /** Whether the help marks it as required. The command itself checks it. */
  readonly required?: boolean;
  /** Whether its values are operands: kubectl users write `-f FILE`. */
  readonly isOperand?: boolean;
  /**
   * The options that give it an effect: at least one of them must be there. `output=-` is an option with a value.
   *
   * @default - it has an effect alone
   */
  readonly needs?: readonly string[];
  /**
   * The options beside which it has no effect, or contradicts. `output=-` is an option with a value.
   *
   * @default - none
   */
  readonly excludes?: readonly string[];
}

/**
 * Options by their names, in the order of the help.
 */
export type Options = ReadonlyArray<readonly [name: string, option: Option]>;

/**
 * Options with the properties that they have in one command: another group in the help, or other rules. `excludes` is added to their own.
 */
export function withOptionProperties(options: Options, properties: Partial<Option>): Options {
  return options.map(([name, option]) => [name, { ...option, ...properties, excludes: [...option.excludes ?? [], ...properties.excludes ?? []] }]);
}

/**
 * The letters of options, as in kubectl. `-o` is a format in every command, never a file.
 *
 * @see https://kubernetes.io/docs/reference/kubectl/
 */
export const LETTERS: ReadonlyMap<string, string> = new Map([['filename', 'f'], ['namespace', 'n'], ['output', 'o'], ['recursive', 'R']]);

/**
 * The manifests, as kubectl names them. The operands of the command are the usual way.
 */
export const FILENAME_OPTION: Options = [
  ['filename', { takes: 'FILE', many: true, isOperand: true, summary: 'the same as FILE without an option, as in kubectl' }],
];

/**
 * The variables that commands with servers read.
 */
export const CONNECTION_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['HTTPS_PROXY, HTTP_PROXY, ALL_PROXY', 'the proxy to the API server and to GitLab; small letters work, too'],
  ['NO_PROXY', 'the hosts that need no proxy, separated by commas'],
  ['CI, GITLAB_CI, NO_COLOR, TERM', 'whether the output is a log, or a terminal with a line that changes'],
]);

/**
 * Refuses options that would have no effect beside the others, so that no user relies on one that is ignored.
 *
 * @param values The values of each option on the command line.
 * @throws `UserError` for an option without one that it needs, or with one that it excludes.
 */
export function checkOptionRules(values: ReadonlyMap<string, readonly string[]>, options: ReadonlyMap<string, Option>): void {
  const isGiven = (condition: string): boolean => {
    const { name, value } = conditionOf(condition);
    return value === undefined ? values.has(name) : values.get(name)?.includes(value) === true;
  };
  for (const name of values.keys()) {
    const { needs = [], excludes = [] } = options.get(name) ?? {};
    const excluded = excludes.find(isGiven);
    if (excluded !== undefined) throw excludedOption(name, excluded);
    if (needs.length > 0 && !needs.some(isGiven)) throw neededOption(name, needs);
  }
}

/**
 * An option as users write it: `--output -` for the condition `output=-`.
 */
export function optionOf(condition: string): string {
  const { name, value } = conditionOf(condition);
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function conditionOf(condition: string): { readonly name: string; readonly value?: string } {
  const [name = '', value] = condition.split('=');
  return { name, value };
}

function excludedOption(name: string, other: string): Error {
  return userError({ at: `--${name}`, given: `it cannot be combined with ${optionOf(other)}`, expected: 'one of them', fix: `remove --${name} or ${optionOf(other)}` });
}

function neededOption(name: string, needs: readonly string[]): Error {
  const words = needs.map(optionOf);
  const all = words.length === 1 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return userError({ at: `--${name}`, given: `it has no effect without ${all}`, expected: 'both options', fix: `add ${words[0]}, or remove --${name}` });
}
