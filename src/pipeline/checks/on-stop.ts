import { CheckedJob, jobNamed, PipelineCheck } from './checked-pipeline';
import { environmentOf } from './job-environment';
import { isObject } from '../../base/json';
import { Problem, show } from '../../base/user-error';

/**
 * Whether the jobs that are to stop an environment are there and do that, as GitLab wants it.
 *
 * @see lib/gitlab/ci/yaml_processor.rb in github.com/gitlabhq/gitlabhq
 */
export const checkOnStop: PipelineCheck = ({ jobs, raw }) => jobs.flatMap((job): Problem[] => {
  const name = isObject(job.effective.environment) ? job.effective.environment.on_stop : undefined;
  if (typeof name !== 'string') return [];
  const found = jobs.find((other) => other.name === name);
  if (found ? stops(found, job) : raw.include !== undefined) return [];
  return [{
    at: jobNamed(job.name),
    given: `its environment is stopped by ${show(name)}${found ? '' : ', which is no job of this file'}`,
    expected: `a job with the environment ${show(environmentOf(job))} and "action: stop"`,
    fix: 'correct that job, or its name in on_stop',
  }];
});

function stops(found: CheckedJob, job: CheckedJob): boolean {
  const { environment } = found.effective;
  return isObject(environment) && environment.action === 'stop' && environmentOf(found) === environmentOf(job);
}
