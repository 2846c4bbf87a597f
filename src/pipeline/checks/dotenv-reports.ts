import { CheckedJob, CheckedPipeline, jobNamed, PipelineCheck } from './checked-pipeline';
import { listOf } from './effective-keywords';
import { needsOf } from './job-needs';
import { stageIndex } from './stage-order';
import { isObject } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { MOST_VARIABLES } from '../../gitlab/dotenv';
import { variableKey } from '../../gitlab/masking';
import { PREDEFINED_VARIABLES } from '../../gitlab/predefined-variables';

/**
 * Whether GitLab takes the dotenv reports of the jobs, and their variables are what other jobs read.
 */
export const checkReports: PipelineCheck = ({ jobs }) => {
  const credentials = new Set(jobs.flatMap(({ holds = [] }) => holds.map(({ variable }) => variable)));
  return jobs.flatMap((job) => {
    const names = job.gives ?? [];
    const at = jobNamed(job.name);
    const fix = 'choose another name for the variable';
    return [
      ...names.flatMap((name) => {
        const expected = expectedName(name, credentials);
        return expected === undefined ? [] : [{ at, given: `its dotenv report has the variable ${show(name)}`, expected, fix }];
      }),
      ...names.length > MOST_VARIABLES ? [{ at, given: `its dotenv report has ${names.length} variables`, expected: `at most ${MOST_VARIABLES}`, fix: 'leave some out' }] : [],
    ];
  });
};

function expectedName(name: string, credentials: ReadonlySet<string>): string | undefined {
  if (PREDEFINED_VARIABLES.has(name)) return 'no name of a predefined variable of GitLab, which it would hide';
  if (credentials.has(name)) return 'no name of a variable with a credential';
  return variableKey(name) ?? (/^\d/.test(name) ? 'no digit in front, since a shell cannot read it' : undefined);
}

/**
 * Whether the jobs that read variables of dotenv reports get these reports.
 */
export const checkReportsArrive: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => (job.takes ?? []).flatMap((variable) => {
  const givers = pipeline.jobs.filter(({ gives }) => gives?.includes(variable));
  const obstacles = givers.map((giver) => obstacleTo(pipeline, giver, job));
  const [obstacle] = obstacles;
  return obstacle === undefined || obstacles.includes(undefined) ? [] : [refuse(job, variable, obstacle)];
}));

/** What keeps the report of a job from another one. */
function obstacleTo({ stages }: CheckedPipeline, giver: CheckedJob, taker: CheckedJob): string | undefined {
  const { artifacts } = giver.effective;
  const needs = needsOf(taker);
  const { dependencies } = taker.effective;
  const need = needs?.find(({ job }) => job === giver.name);
  if (isObject(artifacts) && artifacts.access === 'none') return `job ${giver.name} has "artifacts:access: none"`;
  if (dependencies !== undefined && !listOf(dependencies).includes(giver.name)) return `its "dependencies" leave job ${giver.name} out`;
  if (needs !== undefined && need === undefined) return `it does not need job ${giver.name}`;
  if (need?.artifacts === false) return `it needs job ${giver.name} without artifacts`;
  return needs === undefined && stageIndex(giver, stages) >= stageIndex(taker, stages) ? `job ${giver.name} is in no earlier stage` : undefined;
}

function refuse(job: CheckedJob, variable: string, given: string): Problem {
  return {
    at: jobNamed(job.name),
    given: `it reads $${variable} from a dotenv report, and ${given}`,
    expected: 'a need of that job, with its artifacts',
    fix: 'take the keyword out that keeps the report away',
  };
}
