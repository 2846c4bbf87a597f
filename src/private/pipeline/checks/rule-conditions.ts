import type { CheckedJob } from './checked-pipeline';
import { isObject, Json, JsonObject } from '../../json';

/**
 * One alternative of `rules` that puts a job into a pipeline: all of these conditions together. None is always.
 */
export type Conditions = ReadonlySet<string>;

/**
 * The `rules` of a job or of `workflow`, as objects.
 */
export function rulesOf(rules: Json | undefined): JsonObject[] {
  return (Array.isArray(rules) ? rules.flat(9) : []).filter(isObject);
}

/**
 * When a job is in a pipeline, or nothing where that is not known: for rules with `||`, brackets, files or exceptions before them, and for a job without rules.
 */
export function alternativesOf({ effective }: CheckedJob): Conditions[] | undefined {
  if (effective.rules === undefined) return undefined;
  const rules = rulesOf(effective.rules);
  const ends = rules.map(({ when }) => when === 'never');
  // Behind a last `when: never` there is nothing; before others it takes something away.
  const within = ends.lastIndexOf(true) === rules.length - 1 ? rules.slice(0, -1) : rules;
  const alternatives = within.map(conditionsOf);
  return alternatives.every((one) => one !== undefined) ? alternatives : undefined;
}

function conditionsOf(rule: JsonObject): Conditions | undefined {
  if (rule.when === 'never' || rule.changes !== undefined || rule.exists !== undefined) return undefined;
  if (rule.if === undefined) return new Set();
  return typeof rule.if === 'string' ? conjunction(rule.if) : undefined;
}

/**
 * The conditions that are joined by `&&`, or nothing where they are joined otherwise.
 */
export function conjunction(expression: string): Conditions | undefined {
  const plain = withoutTexts(expression);
  if (plain.includes('||') || /[()]/.test(plain)) return undefined;
  return new Set(splitAtAnd(expression, plain).map((part) => part.trim().replace(/\s+/g, ' ')));
}

function splitAtAnd(expression: string, plain: string): string[] {
  const at = plain.indexOf('&&');
  return at < 0 ? [expression] : [expression.slice(0, at), ...splitAtAnd(expression.slice(at + 2), plain.slice(at + 2))];
}

/**
 * A condition with every text and every regular expression in it blanked out, so that what is left are variables and operators. As long as before.
 */
export function withoutTexts(expression: string): string {
  return expression.replace(/"[^"]*"|'[^']*'|(?<=[=!]~\s*)\/(?:\\.|[^/\\])+\/[a-zA-Z]*/g, (text) => '_'.repeat(text.length));
}

/** GitLab's word for a ref that is protected, as a condition of `rules`. */
const PROTECTED = /^\$CI_COMMIT_REF_PROTECTED == (["'])true\1$/;

/**
 * Whether a job is in no pipeline of a ref that is not protected, as far as its rules say.
 */
export function isOnlyForProtectedRefs({ effective }: CheckedJob): boolean {
  const rules = rulesOf(effective.rules).filter(({ when }) => when !== 'never');
  return rules.length > 0 && rules.every((rule) => typeof rule.if === 'string' && [...conjunction(rule.if) ?? []].some((one) => PROTECTED.test(one)));
}
