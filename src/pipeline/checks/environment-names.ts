import { CheckedJob, jobNamed, PipelineCheck } from './checked-pipeline';
import { environmentOf } from './job-environment';
import { show } from '../../base/user-error';
import { variablesIn } from '../../gitlab/ci-variables';
import { ENVIRONMENT_VARIABLES, JOB_ONLY_VARIABLES } from '../../gitlab/predefined-variables';

/**
 * Whether GitLab knows the name of an environment, and of a resource group, before the job runs (gitlab-org/gitlab#432767). A name with a variable
 * that it does not know has the variable's name in it, or nothing.
 */
export const checkEnvironmentNames: PipelineCheck = ({ jobs }) => {
  const given = new Set(jobs.flatMap(({ gives }) => gives ?? []));
  const isUnknown = (name: string): boolean => given.has(name) || ENVIRONMENT_VARIABLES.has(name) || JOB_ONLY_VARIABLES.has(name);
  return jobs.flatMap((job) => namesOf(job).flatMap(([what, text]) => variablesIn(text).filter(isUnknown).map((name) => ({
    at: jobNamed(job.name),
    given: `${what} ${show(text)} has $${name} in it, which ${given.has(name) ? 'a dotenv report gives' : 'only the running job knows'}`,
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
