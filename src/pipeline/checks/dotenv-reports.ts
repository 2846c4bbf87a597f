import { CheckedJob, CheckedPipeline, jobLabel, PipelineCheck } from './checked-pipeline';
import { listOf } from './effective-keywords';
import { stageIndex } from './file-structure';
import { needsOf } from './needs';
import { isObject } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { variableKey } from '../../gitlab/masking';
import { PREDEFINED_VARIABLES } from '../../gitlab/predefined-variables';

/** GitLab's limit of variables in a dotenv report, by default. GitLab.com accepts at least 50. */
export const MOST_VARIABLES = 20;

/**
 * GitLab accepts the variables of dotenv reports, and other jobs can read them.
 */
export const checkDotenvVariables: PipelineCheck = ({ jobs }) => {
  const credentials = new Set(jobs.flatMap((job) => (job.credentials ?? []).map(({ variable }) => variable)));
  return jobs.flatMap((job) => {
    const names = job.dotenvVariables ?? [];
    const at = jobLabel(job.name);
    const fix = 'choose another name for the variable';
    return [
      ...names.flatMap((name) => {
        const expected = expectedName(name, credentials);
        return expected === undefined ? [] : [{ at, given: `its dotenv report has the variable ${show(name)}`, expected, fix }];
      }),
      ...names.length > MOST_VARIABLES ? [{ at, given: `its dotenv report has ${names.length} variables`, expected: `at most ${MOST_VARIABLES}`, fix: 'remove some variables' }] : [],
    ];
  });
};

function expectedName(name: string, credentials: ReadonlySet<string>): string | undefined {
  if (PREDEFINED_VARIABLES.has(name)) return 'no name of a predefined variable of GitLab, which it would hide';
  if (credentials.has(name)) return 'no name of a variable with a credential';
  return variableKey(name) ?? (/^\d/.test(name) ? 'no digit in front, because a shell cannot read it' : undefined);
}

/**
 * A job that needs variables of dotenv reports gets these reports.
 */
export const checkDotenvReports: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => (job.requiredVariables ?? []).flatMap((variable) => {
  const reporters = pipeline.jobs.filter(({ dotenvVariables }) => dotenvVariables?.includes(variable));
  const obstacles = reporters.map((reporter) => obstacleTo(pipeline, reporter, job));
  const [obstacle] = obstacles;
  return obstacle === undefined || obstacles.includes(undefined) ? [] : [missingReport(job, variable, obstacle)];
}));

/** The reason why a job does not get the report of another. */
function obstacleTo({ stages }: CheckedPipeline, reporter: CheckedJob, reader: CheckedJob): string | undefined {
  const { artifacts } = reporter.effective;
  const needs = needsOf(reader);
  const { dependencies } = reader.effective;
  const need = needs?.find(({ job }) => job === reporter.name);
  if (isObject(artifacts) && artifacts.access === 'none') return `job ${reporter.name} has "artifacts:access: none"`;
  if (dependencies !== undefined && !listOf(dependencies).includes(reporter.name)) return `its "dependencies" do not list job ${reporter.name}`;
  if (needs !== undefined && need === undefined) return `it does not need job ${reporter.name}`;
  if (need?.artifacts === false) return `it needs job ${reporter.name} without artifacts`;
  return needs === undefined && stageIndex(reporter, stages) >= stageIndex(reader, stages) ? `job ${reporter.name} is in no earlier stage` : undefined;
}

function missingReport(job: CheckedJob, variable: string, obstacle: string): Problem {
  return {
    at: jobLabel(job.name),
    given: `it reads $${variable} from a dotenv report, and ${obstacle}`,
    expected: 'a need of that job, with its artifacts',
    fix: 'remove the keyword that prevents it',
  };
}
