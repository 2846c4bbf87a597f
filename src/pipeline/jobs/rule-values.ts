import type { Rule } from './job';
import { userError, show } from '../../base/user-error';

/**
 * A text in a condition of `rules`. GitLab's grammar has no escapes: a text with a quote of one kind is put in quotes of the other.
 *
 * @see lib/gitlab/ci/pipeline/expression/lexeme/string.rb in github.com/gitlabhq/gitlabhq
 */
export function literal(text: string): string {
  const quote = ['"', "'"].find((candidate) => !text.includes(candidate));
  if (quote !== undefined && text !== '' && !/[\0-\x1f\x7f]/.test(text)) return `${quote}${text}${quote}`;
  throw userError({ at: 'ref', given: `the name is ${show(text)}`, expected: 'a name that a rule can hold: one line, with quotes of one kind only', fix: 'give another ref' });
}

/**
 * A regular expression in a condition of `rules`.
 *
 * @see lib/gitlab/ci/pipeline/expression/lexeme/pattern.rb in github.com/gitlabhq/gitlabhq
 */
export function pattern(expression: string): string {
  if (/^[^/\0-\x1f\x7f]+$/.test(expression)) return `/${expression}/`;
  throw userError({ at: 'ref', given: `the expression is ${show(expression)}`, expected: 'one line without "/"', fix: 'write "." where the tag has a "/"' });
}

/**
 * Whether a condition can only be met where the other one is.
 */
export function implies(rule: Rule, other: Rule): boolean {
  return rule.if === other.if || (rule.if ?? '').startsWith(`${other.if} && `);
}

/**
 * Rules for all that at least one of these is for, none of them twice.
 */
export function anyOf(rules: readonly Rule[]): Rule[] {
  const first = rules.filter((rule, index) => rules.findIndex((other) => other.if === rule.if) === index);
  return first.filter((rule) => !first.some((other) => other !== rule && implies(rule, other))).map((rule) => ({ if: rule.if }));
}
