import { canBeIn, CheckedJob, CheckedPipeline, environmentOf, jobLabel, PipelineCheck } from './checked-pipeline';
import { isOnlyForProtectedRefs } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { variablesIn } from '../../gitlab/ci-variables';

/**
 * Only pipelines of protected refs have jobs in the environment of a protected target. Any job there gets the environment's variables, with its credential.
 */
export const checkProtectedRefs: PipelineCheck = ({ targets, jobs }) => jobs.flatMap((job) => {
  if (job.name.startsWith('.') || isOnlyForProtectedRefs(job)) return [];
  const target = targets.find((one) => one.isProtected && (job.targetEnvironment === one.environment || canBeIn(job, one)));
  return target === undefined ? [] : [{
    at: jobLabel(job.name),
    given: `its environment ${show(environmentOf(job) ?? target.environment)} can be that of the protected target ${target.folder}, for refs that are not protected`,
    expected: '\'$CI_COMMIT_REF_PROTECTED == "true"\' joined by "&&" in each of its rules',
    fix: 'add this condition, or use another environment',
  }];
});

/**
 * Only jobs in the environment of a protected target read its credential. The check looks at variables that only one target uses.
 * For a variable of several targets, and for the agent's, GitLab selects the value by the job's environment.
 */
export const checkCredentials: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => protectedCredentials(pipeline)
  .filter(([variable, environment]) => ![job.targetEnvironment, environmentOf(job)].includes(environment) && reads(job, variable))
  .map(([variable, environment]): Problem => ({
    at: jobLabel(job.name),
    given: `it reads $${variable}, the credential of the protected target ${environment}`,
    expected: 'the credential only in jobs of that environment',
    fix: 'use another credential for this job',
  })));

/** The variables that only one target uses, if it is protected, with its environment. */
function protectedCredentials({ targets, jobs }: CheckedPipeline): Array<[string, string]> {
  const users = new Map<string, Set<string>>();
  for (const { credentials = [], targetEnvironment } of jobs) {
    for (const { variable, source } of credentials) {
      if (targetEnvironment === undefined || source === 'gitlab' || variable === 'KUBECONFIG') continue;
      users.set(variable, (users.get(variable) ?? new Set()).add(targetEnvironment));
    }
  }
  return [...users].flatMap(([variable, environments]) => {
    const [only, ...others] = environments;
    const isProtected = others.length === 0 && targets.some((target) => target.isProtected && target.environment === only);
    return isProtected && only !== undefined ? [[variable, only] as [string, string]] : [];
  });
}

function reads({ effective }: CheckedJob, variable: string): boolean {
  const { script, before_script: before, after_script: after, variables } = effective;
  return textsIn([script, before, after, variables]).some((text) => variablesIn(text).includes(variable));
}

function textsIn(values: Array<Json | undefined>): string[] {
  return values.flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return textsIn(value);
    return isObject(value) ? textsIn(Object.values(value)) : [];
  });
}
