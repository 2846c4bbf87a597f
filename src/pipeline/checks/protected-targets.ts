import { CheckedJob, CheckedPipeline, jobNamed, PipelineCheck } from './checked-pipeline';
import { environmentOf, mayBeIn } from './job-environment';
import { isOnlyForProtectedRefs } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';
import { variablesIn } from '../../gitlab/ci-variables';

/**
 * Whether only pipelines of protected refs have jobs in the environment of a protected target: any job in it gets its variables, and so its credential.
 */
export const checkProtectedRefs: PipelineCheck = ({ targets, jobs }) => jobs.flatMap((job) => {
  if (job.name.startsWith('.') || isOnlyForProtectedRefs(job)) return [];
  const target = targets.find((one) => one.isProtected && (job.target === one.environment || mayBeIn(job, one)));
  return target === undefined ? [] : [{
    at: jobNamed(job.name),
    given: `its environment ${show(environmentOf(job) ?? target.environment)} can be that of the protected target ${target.folder}, for refs that are not protected`,
    expected: '\'$CI_COMMIT_REF_PROTECTED == "true"\' joined by "&&" in each of its rules',
    fix: 'add it, or give the job another environment',
  }];
});

/**
 * Whether the credential of a protected target, where it has a variable of its own, is read by jobs in its environment only. Of a variable that several
 * targets have, and of the agent's, GitLab decides by the environment which one a job gets.
 */
export const checkCredentials: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => ownCredentials(pipeline)
  .filter(([variable, environment]) => ![job.target, environmentOf(job)].includes(environment) && reads(job, variable))
  .map(([variable, environment]): Problem => ({
    at: jobNamed(job.name),
    given: `it reads $${variable}, the credential of the protected target ${environment}`,
    expected: 'that only jobs in that environment have it',
    fix: 'give the job a credential of its own',
  })));

/** Variables that one target has, which is protected, with its environment. */
function ownCredentials({ targets, jobs }: CheckedPipeline): Array<[string, string]> {
  const holders = new Map<string, Set<string>>();
  for (const { holds = [], target } of jobs) {
    for (const { variable, source } of holds) {
      if (target === undefined || source === 'gitlab' || variable === 'KUBECONFIG') continue;
      holders.set(variable, (holders.get(variable) ?? new Set()).add(target));
    }
  }
  return [...holders].flatMap(([variable, environments]) => {
    const [only, ...others] = environments;
    const isOwn = others.length === 0 && targets.some((target) => target.isProtected && target.environment === only);
    return isOwn && only !== undefined ? [[variable, only] as [string, string]] : [];
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
