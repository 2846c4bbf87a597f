import { CheckedJob, jobNamed, PipelineCheck } from './checked-pipeline';
import { Problem, show } from '../../base/user-error';

/** What GitLab reads as something else, or says is no name for a job (https://docs.gitlab.com/ci/jobs/#job-names), and what YAML 1.1 does. */
const RESERVED = new Set([
  '<<', 'after_script', 'before_script', 'cache', 'default', 'false', 'image', 'include', 'nil', 'null', 'pages:deploy', 'services', 'spec', 'stages', 'true',
  'types', 'variables', 'workflow',
]);

const LONGEST = 255;

/**
 * Whether GitLab takes the jobs' names for jobs, and for different ones.
 */
export const checkJobNames: PipelineCheck = ({ jobs }) => jobs.flatMap((job, index) => [
  ...nameProblems(job),
  ...jobs.slice(0, index).some(({ name }) => name === job.name)
    ? [{ at: jobNamed(job.name), given: 'another job has that name', expected: 'a name of its own', fix: 'rename one of them' }]
    : [],
]);

function nameProblems({ name, isAdded }: CheckedJob): Problem[] {
  const expected = expectedName(name, isAdded);
  return expected === undefined ? [] : [{ at: 'job', given: `its name is ${show(name)}`, expected, fix: 'rename it' }];
}

function expectedName(name: string, isAdded: boolean): string | undefined {
  if (RESERVED.has(name)) return 'no keyword of GitLab or YAML';
  if (name === 'pages' && !isAdded) return 'no name that makes GitLab publish it as a site of Pages';
  if (name.startsWith('.') && !isAdded) return 'no "." in front, which hides a job';
  return name.trim() !== '' && name.length <= LONGEST && !/[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(name) ? undefined : `one line of at most ${LONGEST} characters`;
}
