import type { CheckedJob } from './checked-pipeline';
import { isObject, Json, JsonObject } from '../../base/json';

/**
 * The conditions of one rule, which must all be true. An empty set is always true.
 */
export type Conditions = ReadonlySet<string>;

/**
 * The entries of `rules` in a job or in `workflow`.
 */
export function rulesOf(rules: Json | undefined): JsonObject[] {
  return (Array.isArray(rules) ? rules.flat(9) : []).filter(isObject);
}

/**
 * The pipelines that contain a job.
 */
export interface JobRules {
  /** Conditions of the first rules, those with `when: never`. */
  readonly exclusions: readonly string[];
  /** The conditions of the other rules, of which one must be met. */
  readonly alternatives: readonly Conditions[];
}

/**
 * The pipelines that contain a job according to its rules. Undefined without rules, and for complex rules: with `||`, parentheses, files,
 * or `when: never` between other rules.
 */
export function simpleRules({ effective }: CheckedJob): JobRules | undefined {
  if (effective.rules === undefined) return undefined;
  const rules = rulesOf(effective.rules);
  const first = rules.findIndex(({ when }) => when !== 'never');
  // A last `when: never` excludes nothing more.
  const last = rules.at(-1)?.when === 'never' ? -1 : undefined;
  const alternatives = rules.slice(first < 0 ? rules.length : first, last).map(conditionsOf);
  if (!alternatives.every((one) => one !== undefined)) return undefined;
  return { exclusions: rules.slice(0, Math.max(first, 0)).map((rule) => (typeof rule.if === 'string' ? rule.if : '')), alternatives };
}

function conditionsOf(rule: JsonObject): Conditions | undefined {
  if (rule.when === 'never' || rule.changes !== undefined || rule.exists !== undefined) return undefined;
  if (rule.if === undefined) return new Set();
  return typeof rule.if === 'string' ? conjunction(rule.if) : undefined;
}

/**
 * The conditions that `&&` joins. Undefined for an expression with `||` or parentheses.
 */
export function conjunction(expression: string): Conditions | undefined {
  const plain = withoutLiterals(expression);
  if (plain.includes('||') || /[()]/.test(plain)) return undefined;
  return new Set(splitAtAnd(expression, plain).map((part) => part.trim().replace(/\s+/g, ' ')));
}

function splitAtAnd(expression: string, plain: string): string[] {
  const at = plain.indexOf('&&');
  return at < 0 ? [expression] : [expression.slice(0, at), ...splitAtAnd(expression.slice(at + 2), plain.slice(at + 2))];
}

/**
 * A condition with `_` for each character of its strings and regular expressions. Only variables and operators are left, at their old positions.
 */
export function withoutLiterals(expression: string): string {
  return expression.replace(/"[^"]*"|'[^']*'|(?<=[=!]~\s*)\/(?:\\.|[^/\\])+\/[a-zA-Z]*/g, (text) => '_'.repeat(text.length));
}

/** GitLab's condition for a protected ref. */
const PROTECTED = /^\$CI_COMMIT_REF_PROTECTED == (["'])true\1$/;

/**
 * Whether all rules of a job require a protected ref.
 */
export function isOnlyForProtectedRefs({ effective }: CheckedJob): boolean {
  const rules = rulesOf(effective.rules).filter(({ when }) => when !== 'never');
  return rules.length > 0 && rules.every((rule) => typeof rule.if === 'string' && [...conjunction(rule.if) ?? []].some((one) => PROTECTED.test(one)));
}
