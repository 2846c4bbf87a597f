import { Rejection } from './answer';
import { Parameters } from './parameters';
import { Release } from './release';

/**
 * A CI/CD variable as GitLab keeps it; the names are those of its API.
 */
export interface Variable {
  readonly key: string;
  readonly value: string;
  readonly variable_type: 'env_var' | 'file';
  readonly protected: boolean;
  readonly masked: boolean;
  readonly hidden: boolean;
  readonly raw: boolean;
  readonly environment_scope: string;
  readonly description: string | null;
}

/** Where the `raw` attribute came into the API, as the history in doc/api/project_level_variables.md remembers it; not verified against that release. */
const RAW = '15.7';

/** Where masking took `raw` into account without a feature flag. The flag was new in 15.8; when it went is not verified. */
const MASKS_RAW = '16.0';

/** doc/api/project_level_variables.md: "`masked_and_hidden` and `hidden` attributes introduced in GitLab 17.4". */
const HIDDEN = '17.4';

/**
 * The attributes that a request names. What a release does not know yet is left out, as Grape leaves out what is not declared.
 */
export function attributesOf(parameters: Parameters, release: Release): Partial<Variable> {
  const masked = parameters.flag('masked');
  const given = {
    value: parameters.text('value'),
    variable_type: parameters.choice('variable_type', ['env_var', 'file'] as const),
    protected: parameters.flag('protected'),
    masked,
    raw: release.atLeast(RAW) ? parameters.flag('raw') : undefined,
    environment_scope: parameters.text('environment_scope')?.trim(),
    description: parameters.text('description'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/**
 * A new variable. `masked_and_hidden` counts here and only here (app/services/ci/change_variable_service.rb).
 */
export function newVariable(parameters: Parameters, release: Release): Variable {
  const key = parameters.required('key').trim();
  parameters.required('value');
  const hide = release.atLeast(HIDDEN) && parameters.flag('masked_and_hidden') === true;
  const given = attributesOf(parameters, release);
  return { ...DEFAULTS, key, value: '', ...given, ...(hide ? { masked: true, hidden: true } : {}) };
}

const DEFAULTS = {
  variable_type: 'env_var', protected: false, masked: false, hidden: false, raw: false, environment_scope: '*', description: null,
} as const;

/**
 * What the API shows of a variable (lib/api/entities/ci/variable.rb): of a hidden one everything but the value.
 */
export function shown({ hidden, raw, value, ...rest }: Variable, release: Release): object {
  return {
    ...rest,
    value: hidden ? null : value,
    ...(release.atLeast(RAW) ? { raw } : {}),
    ...(release.atLeast(HIDDEN) ? { hidden } : {}),
  };
}

/**
 * Rejects what the models reject, with the messages of ActiveRecord.
 *
 * @param before The variable that is replaced, if one is.
 */
export function validate(variable: Variable, before: Variable | undefined, siblings: readonly Variable[], release: Release): void {
  const problems = [...problemsOf(variable, before, siblings, release)];
  if (problems.length === 0) return;
  throw Rejection.message(400, Object.fromEntries(problems.map(([field]) => [field, textsOf(field, problems)])));
}

function textsOf(field: string, problems: ReadonlyArray<[string, string]>): string[] {
  return problems.filter(([name]) => name === field).map(([, text]) => text);
}

function* problemsOf(variable: Variable, before: Variable | undefined, siblings: readonly Variable[], release: Release): Generator<[string, string]> {
  const { key, environment_scope: scope, description } = variable;
  if (siblings.some((other) => other !== before && other.key === key && other.environment_scope === scope)) {
    yield ['key', `(${key}) has already been taken`];
  }
  if (key === '') yield ['key', "can't be blank"];
  if (key.length > 255) yield ['key', 'is too long (maximum is 255 characters)'];
  if (!/^[a-zA-Z0-9_]+$/.test(key)) yield ['key', "can contain only letters, digits and '_'."];
  if (!maskable(variable, release)) yield ['value', 'is invalid'];
  if (scope === '') yield ['environment_scope', "can't be blank"];
  if (!/^[a-zA-Z0-9_/${}. \-*]+$/.test(scope)) {
    yield ['environment_scope', "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces"];
  }
  if ((description ?? '').length > 255) yield ['description', 'is too long (maximum is 255 characters)'];
  if (before?.hidden && before.masked !== variable.masked) yield ['base', 'The visibility setting cannot be changed for masked and hidden variables.'];
}

/** app/models/concerns/ci/maskable.rb. Ruby's `\S` is anything but these six, and its strings are counted in characters. */
function maskable({ masked, raw, value }: Variable, release: Release): boolean {
  if (!masked) return true;
  return raw && release.atLeast(MASKS_RAW) ? /^[^ \t\r\n\f\v]{8,}$/u.test(value) : /^[a-zA-Z0-9_+=/@:.~-]{8,}$/.test(value);
}
