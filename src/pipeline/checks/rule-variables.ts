import { jobNamed, PipelineCheck } from './checked-pipeline';
import { rulesOf, withoutTexts } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { variablesIn } from '../../gitlab/ci-variables';
import { ENVIRONMENT_VARIABLES, JOB_ONLY_VARIABLES } from '../../gitlab/predefined-variables';

/**
 * Whether conditions are about what GitLab knows when it makes a pipeline. Of what only a job knows it knows nothing, so that they would never be true.
 */
export const checkRuleVariables: PipelineCheck = ({ jobs, raw }) => [
  ...conditionProblems('workflow', isObject(raw.workflow) ? raw.workflow.rules : undefined, new Set()),
  ...jobs.flatMap((job) => conditionProblems(jobNamed(job.name), job.effective.rules, new Set(jobs.flatMap(({ gives }) => gives ?? [])))),
];

function conditionProblems(at: string, rules: Json | undefined, given: ReadonlySet<string>): Problem[] {
  return rulesOf(rules).flatMap((rule) => (typeof rule.if === 'string' ? variablesIn(withoutTexts(rule.if)) : []).flatMap((name) => {
    const owner = ownerOf(name, given);
    return owner === undefined ? [] : [{
      at,
      given: `a rule asks for $${name}, which ${owner}`,
      expected: `variables that there are before jobs run, not in ${show(rule.if)}`,
      fix: 'ask for it in the script, or for another variable',
    }];
  }));
}

function ownerOf(name: string, given: ReadonlySet<string>): string | undefined {
  if (given.has(name)) return 'a job gives by its dotenv report';
  if (ENVIRONMENT_VARIABLES.has(name)) return 'comes from the environment of a job';
  return JOB_ONLY_VARIABLES.has(name) ? 'only a running job has' : undefined;
}
