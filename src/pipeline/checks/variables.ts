import { CheckedJob, CheckedPipeline, environmentOf, jobLabel, PipelineCheck } from './checked-pipeline';
import { rulesOf, withoutLiterals } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { variablesIn } from '../../gitlab/ci-variables';
import { variableKey } from '../../gitlab/masking';
import { ENVIRONMENT_VARIABLES, JOB_ONLY_VARIABLES, PREDEFINED_VARIABLES } from '../../gitlab/predefined-variables';

/**
 * GitLab accepts the names of variables, and no other value replaces theirs.
 */
export const checkVariableNames: PipelineCheck = (pipeline) => [
  ...keysOf(pipeline.raw.variables).flatMap((name) => nameProblems('variables', name)),
  ...pipeline.jobs.flatMap((job) => jobProblems(pipeline, job)),
];

function jobProblems(pipeline: CheckedPipeline, job: CheckedJob): Problem[] {
  const at = jobLabel(job.name);
  const { variables, id_tokens: tokens, rules } = job.effective;
  const names = [...new Set([variables, ...rulesOf(rules).map((rule) => rule.variables)].flatMap(keysOf))];
  return [
    ...[...names, ...keysOf(tokens)].flatMap((name) => nameProblems(at, name)),
    ...names.flatMap((name) => collisions(pipeline, job, name)),
  ];
}

function nameProblems(at: string, name: string): Problem[] {
  const isPredefined = PREDEFINED_VARIABLES.has(name);
  const expected = isPredefined ? 'no name of a predefined variable of GitLab' : variableKey(name);
  return expected === undefined ? [] : [{ at, given: `it sets the variable ${show(name)}`, expected, fix: 'choose another name' }];
}

function collisions({ jobs }: CheckedPipeline, job: CheckedJob, name: string): Problem[] {
  const fix = 'choose another name';
  const at = jobLabel(job.name);
  const given = `it sets the variable ${show(name)}`;
  if (job.credentials?.some(({ variable }) => variable === name)) {
    return [{ at, given, expected: 'no value in the file for the variable of the credential', fix: `remove ${name} from variables` }];
  }
  if (keysOf(job.effective.id_tokens).includes(name)) return [{ at, given, expected: 'no name of an id_token of the job', fix }];
  const reporter = job.requiredVariables?.includes(name) ? jobs.find(({ dotenvVariables }) => dotenvVariables?.includes(name)) : undefined;
  return reporter === undefined ? [] : [{ at, given, expected: `no name from the dotenv report of job ${reporter.name}, which has precedence`, fix }];
}

function keysOf(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

/**
 * Conditions of rules use only variables that GitLab knows when it creates the pipeline. Others are empty in a rule.
 */
export const checkRuleVariables: PipelineCheck = ({ jobs, raw }) => [
  ...conditionProblems('workflow', isObject(raw.workflow) ? raw.workflow.rules : undefined, new Set()),
  ...jobs.flatMap((job) => conditionProblems(jobLabel(job.name), job.effective.rules, dotenvVariablesOf(jobs))),
];

function conditionProblems(at: string, rules: Json | undefined, dotenv: ReadonlySet<string>): Problem[] {
  return rulesOf(rules).flatMap((rule) => (typeof rule.if === 'string' ? variablesIn(withoutLiterals(rule.if)) : []).flatMap((name) => {
    const origin = lateOrigin(name, dotenv);
    return origin === undefined ? [] : [{
      at,
      given: `a rule uses $${name}, which ${origin}`,
      expected: `variables that exist before jobs run, not in ${show(rule.if)}`,
      fix: 'test the variable in the script, or use another one',
    }];
  }));
}

function lateOrigin(name: string, dotenv: ReadonlySet<string>): string | undefined {
  if (dotenv.has(name)) return 'comes from a dotenv report';
  if (ENVIRONMENT_VARIABLES.has(name)) return 'comes from the environment of a job';
  return JOB_ONLY_VARIABLES.has(name) ? 'exists only in a running job' : undefined;
}

/**
 * Names of environments and resource groups use only variables that GitLab knows before the job runs. It does not expand others (gitlab-org/gitlab#432767).
 */
export const checkEnvironmentNames: PipelineCheck = ({ jobs }) => {
  const dotenv = dotenvVariablesOf(jobs);
  const isUnknown = (name: string): boolean => lateOrigin(name, dotenv) !== undefined;
  return jobs.flatMap((job) => namesOf(job).flatMap(([subject, text]) => variablesIn(text).filter(isUnknown).map((name) => ({
    at: jobLabel(job.name),
    given: `${subject} ${show(text)} contains $${name}, which ${dotenv.has(name) ? 'comes from a dotenv report' : 'exists only in a running job'}`,
    expected: 'a name that GitLab knows when it creates the pipeline',
    fix: 'use another variable, such as $CI_COMMIT_REF_SLUG',
  }))));
};

function namesOf(job: CheckedJob): Array<[string, string]> {
  const { resource_group: group } = job.effective;
  const environment = environmentOf(job);
  return [
    ...environment === undefined ? [] : [['its environment', environment] as [string, string]],
    ...typeof group === 'string' && group !== environment ? [['its resource group', group] as [string, string]] : [],
  ];
}

function dotenvVariablesOf(jobs: readonly CheckedJob[]): ReadonlySet<string> {
  return new Set(jobs.flatMap(({ dotenvVariables }) => dotenvVariables ?? []));
}
