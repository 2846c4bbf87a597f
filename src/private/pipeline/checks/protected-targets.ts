import { CheckedJob, CheckedPipeline, jobNamed, PipelineCheck } from './checked-pipeline';
import { environmentOf, mayBeIn } from './job-environment';
import { isOnlyForProtectedRefs } from './rule-conditions';
import { variablesIn } from './variables-in';
import { Refusal, show } from '../../invalid-input';
import { isObject, Json } from '../../json';

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
 * Whether the credential of a protected target, where it has a variable of its own, is read by its own jobs only.
 */
export const checkCredentials: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => ownCredentials(pipeline)
  .filter(({ variable, target }) => job.target !== target && reads(job, variable))
  .map(({ variable, target }): Refusal => ({
    at: jobNamed(job.name),
    given: `it reads $${variable}, the credential of the protected target ${target}`,
    expected: 'that only jobs of that target have it',
    fix: 'give the job a credential of its own',
  })));

interface OwnCredential {
  readonly variable: string;
  readonly target: string;
}

/** Those that no unprotected target uses under the same name: of others GitLab's environment scope decides which one a job gets. */
function ownCredentials({ targets, jobs }: CheckedPipeline): OwnCredential[] {
  const isProtected = (environment?: string): boolean => targets.some((target) => target.isProtected && target.environment === environment);
  const held = jobs.flatMap(({ holds, target }) => holds === undefined || target === undefined ? [] : [{ variable: holds.variable, target }]);
  const others = new Set(held.filter(({ target }) => !isProtected(target)).map(({ variable }) => variable));
  const found = held.filter(({ variable, target }) => isProtected(target) && !others.has(variable));
  return found.filter(({ variable, target }, index) => found.findIndex((one) => one.variable === variable && one.target === target) === index);
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
