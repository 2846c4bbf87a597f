import { CheckedJob, jobLabel, PipelineCheck } from './checked-pipeline';
import { Problem, show } from '../../base/user-error';

/** Global keywords. GitLab reads every other key of the file as a job. */
const GLOBAL = new Set(['after_script', 'before_script', 'cache', 'default', 'image', 'include', 'services', 'variables', 'workflow']);

/**
 * Raw keywords of the file are global keywords, and no option sets them.
 */
export const checkGlobalKeywords: PipelineCheck = ({ raw, jobs }) => Object.keys(raw).flatMap((keyword): Problem[] => {
  if (GLOBAL.has(keyword)) return [];
  const at = 'raw';
  const given = `it has the keyword ${show(keyword)}`;
  if (keyword === 'stages') return [{ at, given, expected: 'keywords without an option', fix: 'use the option stages' }];
  if (keyword === 'spec') return [{ at, given, expected: 'keywords of a pipeline, not of a component', fix: 'remove it, and write a component with writeComponent' }];
  const isJob = jobs.some(({ name }) => name === keyword);
  return [{
    at,
    given: isJob ? `${given}, which is a job of the pipeline` : given,
    expected: 'a global keyword of GitLab',
    fix: isJob ? 'use the options of that job' : 'add a job with addJob',
  }];
});

/** GitLab's own stages, before and after all others. No file has to list them. */
const OWN_STAGES = ['.pre', '.post'];

/**
 * The position of the job's stage; -1 if `stages` does not list it.
 */
export function stageIndex({ effective }: CheckedJob, stages: readonly string[]): number {
  return allStages(stages).indexOf(effective.stage as string);
}

function allStages(stages: readonly string[]): string[] {
  return ['.pre', ...stages.filter((stage) => !OWN_STAGES.includes(stage)), '.post'];
}

/**
 * The file lists all stages of jobs.
 */
export const checkStages: PipelineCheck = ({ jobs, stages }) => jobs
  .filter((job) => !job.name.startsWith('.') && stageIndex(job, stages) < 0)
  .map((job) => ({
    at: jobLabel(job.name),
    given: `its stage is ${show(job.effective.stage)}`,
    expected: `one of ${allStages(stages).join(', ')}`,
    fix: 'add it to the option stages',
  }));

/** Keywords of GitLab and YAML 1.1 that cannot name a job. See https://docs.gitlab.com/ci/jobs/#job-names. */
const RESERVED = new Set([
  '<<', 'after_script', 'before_script', 'cache', 'default', 'false', 'image', 'include', 'nil', 'null', 'pages:deploy', 'services', 'spec', 'stages', 'true',
  'types', 'variables', 'workflow',
]);

const LONGEST_NAME = 255;

/**
 * GitLab accepts the names of the jobs, and they are unique.
 */
export const checkJobNames: PipelineCheck = ({ jobs }) => jobs.flatMap((job, index) => [
  ...nameProblems(job),
  ...jobs.slice(0, index).some(({ name }) => name === job.name)
    ? [{ at: jobLabel(job.name), given: 'another job has that name', expected: 'a name of its own', fix: 'rename one of them' }]
    : [],
]);

function nameProblems({ name, isAdded }: CheckedJob): Problem[] {
  const expected = expectedName(name, isAdded);
  return expected === undefined ? [] : [{ at: 'job', given: `its name is ${show(name)}`, expected, fix: 'rename it' }];
}

function expectedName(name: string, isAdded: boolean): string | undefined {
  if (RESERVED.has(name)) return 'no keyword of GitLab or YAML';
  if (name === 'pages' && !isAdded) return 'another name, because GitLab publishes the artifact of this one as a Pages site';
  if (name.startsWith('.') && !isAdded) return 'no "." in front, which hides a job';
  return name.trim() !== '' && name.length <= LONGEST_NAME && !/[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(name) ? undefined : `one line of at most ${LONGEST_NAME} characters`;
}
