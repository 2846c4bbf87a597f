import { canBeIn, CheckedJob, environmentOf, jobLabel, PipelineCheck } from './checked-pipeline';
import { isObject, type Json } from '../../base/json';
import { type Problem, show } from '../../base/user-error';

/** Keywords that a job with a credential may not inherit, because they run commands or other programs in the job. */
const NOT_INHERITED = ['before_script', 'after_script', 'hooks', 'cache', 'services'];

/**
 * Jobs that deploy are neither retried nor interrupted, and jobs with a credential inherit no commands.
 */
export const checkDeployJobs: PipelineCheck = ({ jobs, targets }) => jobs.filter(({ name }) => !name.startsWith('.')).flatMap((job) => [
  ...job.targetEnvironment !== undefined || deploys(job) && targets.some((target) => canBeIn(job, target)) ? deployProblems(job) : [],
  ...job.credentials === undefined ? [] : inheritedProblems(job),
]);

/** Whether the job deploys to its environment. Other jobs stop it or only use its variables. */
function deploys({ effective: { environment } }: CheckedJob): boolean {
  const action = isObject(environment) ? environment.action ?? 'start' : 'start';
  return environment !== undefined && action === 'start';
}

function deployProblems(job: CheckedJob): Problem[] {
  const at = jobLabel(job.name);
  const { retry, interruptible } = job.effective;
  return [
    ...isRetried(retry) ? [{
      at,
      given: 'it has "retry"',
      expected: 'none on a job that deploys: a second attempt could overwrite a newer deployment, and the command retries temporary errors itself',
      fix: 'remove retry from the job and from default',
    }] : [],
    ...interruptible === true ? [{
      at,
      given: 'it is interruptible',
      expected: '"interruptible: false" on a job that deploys, because a cancelled deployment leaves the release half written',
      fix: 'set "interruptible: false" in the job',
    }] : [],
  ];
}

function isRetried(retry: Json | undefined): boolean {
  return retry !== undefined && retry !== 0 && retry !== null;
}

function inheritedProblems(job: CheckedJob): Problem[] {
  const own = new Set([...Object.keys(job.raw ?? {}), ...Object.entries(job.keywords).flatMap(([key, value]) => value === undefined ? [] : [key])]);
  return NOT_INHERITED.filter((keyword) => job.effective[keyword] !== undefined && !own.has(keyword)).map((keyword) => ({
    at: jobLabel(job.name),
    given: `it inherits "${keyword}" from the defaults of the file`,
    expected: 'no inherited commands in a job with a credential',
    fix: `remove ${keyword} from the defaults, and set it in the jobs that need it`,
  }));
}

/**
 * Jobs that hand something on, or have a credential, run once. Of parallel jobs, GitLab passes on only the dotenv report of the last one.
 */
export const checkParallel: PipelineCheck = ({ jobs }) => jobs
  .filter(({ isAdded, effective, dotenvVariables, requiredVariables, credentials }) => (
    !isAdded && effective.parallel !== undefined && [dotenvVariables, requiredVariables, credentials].some((facts) => facts !== undefined)))
  .map(({ name, credentials }) => ({
    at: jobLabel(name),
    given: 'it has "parallel"',
    expected: credentials === undefined ? 'one job, because later jobs get the result of only one' : 'one job, because a second one would do the same again',
    fix: 'remove parallel from raw, and run tests in parallel in a job of your own (addJob)',
  }));

/**
 * The job that `on_stop` names exists and stops the same environment.
 *
 * @see lib/gitlab/ci/yaml_processor.rb in github.com/gitlabhq/gitlabhq
 */
export const checkOnStop: PipelineCheck = ({ jobs, raw }) => jobs.flatMap((job): Problem[] => {
  const name = isObject(job.effective.environment) ? job.effective.environment.on_stop : undefined;
  if (typeof name !== 'string') return [];
  const found = jobs.find((other) => other.name === name);
  if (found ? stops(found, job) : raw.include !== undefined) return [];
  return [{
    at: jobLabel(job.name),
    given: `on_stop of its environment names ${show(name)}${found ? '' : ', which is no job of this file'}`,
    expected: `a job with the environment ${show(environmentOf(job))} and "action: stop"`,
    fix: found ? `set both in job ${show(name)}, or name another job` : 'add the job with addJob, or name another job',
  }];
});

function stops(found: CheckedJob, job: CheckedJob): boolean {
  const { environment } = found.effective;
  return isObject(environment) && environment.action === 'stop' && environmentOf(found) === environmentOf(job);
}

/**
 * A job with an id_token has a timeout. The token is valid for that time, or for 5 minutes without one.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
export const checkIdTokens: PipelineCheck = ({ jobs }) => jobs
  .filter(({ effective: { id_tokens: tokens, timeout } }) => isObject(tokens) && timeout === undefined)
  .map(({ name }) => ({
    at: jobLabel(name),
    given: 'it has id_tokens and no timeout',
    expected: 'a timeout, because without one the token is valid for only 5 minutes',
    fix: 'set timeout, such as "timeout: 30 minutes"',
  }));
