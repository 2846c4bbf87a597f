import { CheckedJob, jobNamed, PipelineCheck } from './checked-pipeline';
import { Problem, show } from '../../base/user-error';

/** Keywords of the whole file; anything else there is a job. */
const GLOBAL = new Set(['after_script', 'before_script', 'cache', 'default', 'image', 'include', 'services', 'variables', 'workflow']);

/**
 * Whether keywords that are given as GitLab reads them are there once.
 */
export const checkRawKeywords: PipelineCheck = ({ raw, jobs }) => [
  ...Object.keys(raw).flatMap((keyword) => globalProblems(keyword, jobs)),
  ...jobs.flatMap(jobProblems),
];

function globalProblems(keyword: string, jobs: readonly CheckedJob[]): Problem[] {
  if (GLOBAL.has(keyword)) return [];
  const at = 'raw';
  const given = `it has the keyword ${show(keyword)}`;
  if (keyword === 'stages') return [{ at, given, expected: 'keywords that have no option', fix: 'use the option stages' }];
  if (keyword === 'spec') return [{ at, given, expected: 'keywords of a pipeline, not of a component', fix: 'leave it out' }];
  const isThere = jobs.some(({ name }) => name === keyword);
  return [{
    at,
    given: isThere ? `${given}, which is a job of the pipeline` : given,
    expected: 'a global keyword of GitLab',
    fix: isThere ? 'use the options of that job' : 'add a job by addJob',
  }];
}

function jobProblems(job: CheckedJob): Problem[] {
  const own = new Map(Object.entries(job.keywords).filter(([, value]) => value !== undefined));
  return Object.keys(job.raw ?? {}).filter((keyword) => own.has(keyword)).map((keyword) => ({
    at: jobNamed(job.name),
    given: `its raw keywords have ${show(keyword)}, which it has already`,
    expected: 'keywords that the job does not have',
    fix: FIXES.get(keyword) ?? 'leave it out',
  }));
}

const FIXES = new Map([
  ...['image', 'tags', 'variables', 'timeout', 'script'].map((keyword) => [keyword, `use the option ${keyword}`] as const),
  ['rules', 'choose the refs by the targets'],
  ['retry', 'leave it out: a second attempt could overwrite a newer deployment'],
  ['interruptible', 'leave it out: a deploy that is cut off leaves the release half written'],
]);
