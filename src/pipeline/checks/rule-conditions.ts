import type { CheckedJob } from './checked-pipeline';
import { isObject, Json, JsonObject } from '../../base/json';

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
 * In which pipelines a job is.
 */
export interface Presence {
  /** Not where one of these is true, as they are written. */
  readonly except: readonly string[];
  /** Else where one of these is met. */
  readonly alternatives: readonly Conditions[];
}

/**
 * In which pipelines a job is by its rules, or nothing where they say it in a richer way: with `||`, brackets, files, or exceptions between the others.
 */
export function presenceOf({ effective }: CheckedJob): Presence | undefined {
  if (effective.rules === undefined) return undefined;
  const rules = rulesOf(effective.rules);
  const first = rules.findIndex(({ when }) => when !== 'never');
  // Behind a last `when: never` there is nothing; between others it takes something away.
  const last = rules.at(-1)?.when === 'never' ? -1 : undefined;
  const alternatives = rules.slice(first < 0 ? rules.length : first, last).map(conditionsOf);
  if (!alternatives.every((one) => one !== undefined)) return undefined;
  return { except: rules.slice(0, Math.max(first, 0)).map((rule) => (typeof rule.if === 'string' ? rule.if : '')), alternatives };
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
