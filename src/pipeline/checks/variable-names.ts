import { CheckedJob, CheckedPipeline, jobNamed, PipelineCheck } from './checked-pipeline';
import { rulesOf } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { variableKey } from '../../gitlab/masking';
import { PREDEFINED_VARIABLES } from '../../gitlab/predefined-variables';

/**
 * Whether the variables of jobs and of the whole file have names that GitLab takes and that are not others' already.
 */
export const checkVariableNames: PipelineCheck = (pipeline) => [
  ...keysOf(pipeline.raw.variables).flatMap((name) => nameProblems('variables', name)),
  ...pipeline.jobs.flatMap((job) => jobProblems(pipeline, job)),
];

function jobProblems(pipeline: CheckedPipeline, job: CheckedJob): Problem[] {
  const at = jobNamed(job.name);
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
  const at = jobNamed(job.name);
  const given = `it sets the variable ${show(name)}`;
  if (job.holds?.some(({ variable }) => variable === name)) return [{ at, given, expected: 'no value in the file for what has the credential', fix: 'leave it out' }];
  if (keysOf(job.effective.id_tokens).includes(name)) return [{ at, given, expected: 'no name of an id_token of the job', fix }];
  const giver = job.takes?.includes(name) ? jobs.find(({ gives }) => gives?.includes(name)) : undefined;
  return giver === undefined ? [] : [{ at, given, expected: `no name from the dotenv report of job ${giver.name}, which would win`, fix }];
}

function keysOf(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
