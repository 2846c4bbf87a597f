import type { Rule } from './job';
import { userError, show } from '../../base/user-error';
import { re2Problem } from '../../gitlab/re2';

/**
 * A string in a condition of `rules`. GitLab's grammar has no escapes, so a string with one kind of quotes is put between the other kind.
 *
 * @see lib/gitlab/ci/pipeline/expression/lexeme/string.rb in github.com/gitlabhq/gitlabhq
 */
export function ruleString(text: string): string {
  const quote = ['"', "'"].find((candidate) => !text.includes(candidate));
  if (quote !== undefined && text !== '' && !/[\0-\x1f\x7f]/.test(text)) return `${quote}${text}${quote}`;
  throw userError({
    at: 'ref',
    given: `the name is ${show(text)}`,
    expected: 'one line of text with quotes of one kind at most',
    fix: 'rename the branch, or deploy from another one',
  });
}

/**
 * A regular expression in a condition of `rules`. GitLab finds none of one character, and none that ends with "\\", so these become a group.
 *
 * @throws `UserError` when RE2 cannot read the expression. GitLab would create no pipeline.
 * @see lib/gitlab/ci/pipeline/expression/lexeme/pattern.rb in github.com/gitlabhq/gitlabhq
 */
export function rulePattern(expression: string): string {
  if (!/^[^/\0-\x1f\x7f]+$/.test(expression)) {
    throw userError({ at: 'ref', given: `the expression is ${show(expression)}`, expected: 'one line without "/"', fix: 'write "." for each "/" of the tag' });
  }
  const found = re2Problem(expression);
  if (found !== undefined) {
    throw userError({ at: 'ref', given: `the expression is ${show(expression)}, and ${found.problem}`, expected: 'an expression that RE2 can read', fix: found.fix });
  }
  return expression.length === 1 || expression.endsWith('\\') ? `/(?:${expression})/` : `/${expression}/`;
}

/**
 * Whether every pipeline that meets one condition also meets the other. It compares the texts of the conditions.
 */
export function implies(rule: Rule, other: Rule): boolean {
  return rule.if === other.if || (rule.if ?? '').startsWith(`${other.if} && `);
}

/**
 * The rules of a job that runs when at least one of these rules matches, without duplicates.
 */
export function unionOfRules(rules: readonly Rule[]): Rule[] {
  const unique = rules.filter((rule, index) => rules.findIndex((other) => other.if === rule.if) === index);
  return unique.filter((rule) => !unique.some((other) => other !== rule && implies(rule, other))).map((rule) => ({ if: rule.if }));
}
