import { CheckedJob, jobNamed, PipelineCheck } from './checked-pipeline';
import { deploys, mayBeIn } from './job-environment';
import type { Json } from '../../base/json';
import type { Problem } from '../../base/user-error';

/** What a job that holds a credential takes from nowhere but itself: it runs beside it. */
const NOT_INHERITED = ['before_script', 'after_script', 'hooks', 'cache', 'services'];

/**
 * Whether jobs that deploy run once and to their end, and nothing runs in them that the defaults of the file bring.
 */
export const checkDeployJobs: PipelineCheck = ({ jobs, targets }) => jobs.filter(({ name }) => !name.startsWith('.')).flatMap((job) => [
  ...job.target !== undefined || deploys(job) && targets.some((target) => mayBeIn(job, target)) ? onceProblems(job) : [],
  ...job.holds === undefined ? [] : inheritedProblems(job),
]);

function onceProblems(job: CheckedJob): Problem[] {
  const at = jobNamed(job.name);
  const { retry, interruptible } = job.effective;
  return [
    ...retries(retry) ? [{
      at,
      given: 'it has "retry"',
      expected: 'none on a job that deploys: a second attempt could overwrite a newer deployment, and what is worth a retry the command retries itself',
      fix: 'take it out, also from default',
    }] : [],
    ...interruptible === true ? [{
      at,
      given: 'it is interruptible',
      expected: '"interruptible: false" on a job that deploys, since a deploy that is cut off leaves the release half written',
      fix: 'set it so',
    }] : [],
  ];
}

function retries(retry: Json | undefined): boolean {
  return retry !== undefined && retry !== 0 && retry !== null;
}

function inheritedProblems(job: CheckedJob): Problem[] {
  const own = new Set([...Object.keys(job.raw ?? {}), ...Object.entries(job.keywords).flatMap(([key, value]) => value === undefined ? [] : [key])]);
  return NOT_INHERITED.filter((keyword) => job.effective[keyword] !== undefined && !own.has(keyword)).map((keyword) => ({
    at: jobNamed(job.name),
    given: `it takes "${keyword}" from the defaults of the file`,
    expected: 'nothing of others in a job that holds a credential',
    fix: `give ${keyword} to the jobs that need it`,
  }));
}
