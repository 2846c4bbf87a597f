import { jobLabel, PipelineCheck } from './checked-pipeline';
import { rulesOf } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { re2Problem } from '../../gitlab/re2';

/**
 * GitLab can read the regular expressions in conditions. It would reject the whole pipeline otherwise.
 *
 * @see lib/gitlab/ci/pipeline/expression/lexeme/pattern.rb in github.com/gitlabhq/gitlabhq
 */
export const checkRulePatterns: PipelineCheck = ({ jobs, raw }) => [
  ...problemsOf('workflow', isObject(raw.workflow) ? raw.workflow.rules : undefined),
  ...jobs.flatMap((job) => problemsOf(jobLabel(job.name), job.effective.rules)),
];

function problemsOf(at: string, rules: Json | undefined): Problem[] {
  return rulesOf(rules).flatMap(({ if: condition }) => (typeof condition === 'string' ? patternsIn(condition) : []).flatMap(({ pattern, flags }) => {
    const found = patternProblem(pattern, flags);
    return found === undefined ? [] : [{
      at, given: `a rule has the expression ${show(pattern)}, and ${found.problem}`, expected: 'an expression that GitLab can read', fix: found.fix,
    }];
  }));
}

function patternsIn(condition: string): Array<{ pattern: string; flags: string }> {
  return [...condition.matchAll(/"[^"]*"|'[^']*'|(?<=[=!]~\s*)\/((?:\\.|[^/\\])+)\/([a-zA-Z]*)/g)]
    .flatMap(([, pattern, flags = '']) => (pattern === undefined ? [] : [{ pattern, flags }]));
}

function patternProblem(pattern: string, flags: string): ReturnType<typeof re2Problem> {
  const foreign = /[^ismU]/.exec(flags)?.[0];
  if (foreign !== undefined) return { problem: `the flag ${foreign} behind it is none of GitLab`, fix: 'use the flags i, m, s and U' };
  if (pattern.length === 1) return { problem: 'GitLab finds no expression of one character', fix: `write it as /(?:${pattern})/` };
  return re2Problem(pattern.replaceAll('\\/', '/'));
}
