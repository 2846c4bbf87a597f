import type { Json } from '../../base/json';
import { userError } from '../../base/user-error';
import type { PipelineJob, Rule } from '../jobs/job';
import { checkedVariable } from '../jobs/shell';

/**
 * The condition of the pipelines that rotate.
 */
export function rotationPipelines({ variable = 'ROTATE_CREDENTIALS' }: { readonly variable?: string }): string {
  return `$CI_PIPELINE_SOURCE == "schedule" && $${checkedVariable('variable', variable)} == "true"`;
}

/** What a job without rules is in: the pipelines of branches and tags. */
const BY_DEFAULT: Rule = { if: '$CI_COMMIT_BRANCH || $CI_COMMIT_TAG' };

/**
 * A job of the user's own, kept out of some pipelines. A hidden one is a template, which is in none.
 */
export function keptOut(job: PipelineJob, notHere: readonly Rule[]): PipelineJob {
  if (notHere.length === 0 || job.name.startsWith('.')) return job;
  const { rules = [BY_DEFAULT], only, except } = job.raw ?? {};
  if (only !== undefined || except !== undefined || job.raw?.extends !== undefined || !Array.isArray(rules)) throw unknownPipelines(job.name);
  return { ...job, raw: { ...job.raw, rules: [...notHere, ...rules] as unknown as Json } };
}

function unknownPipelines(name: string): Error {
  return userError({
    at: `job ${name}`,
    given: 'it says by only, except or extends in which pipelines it is',
    expected: 'rules, so that it can be kept out of the pipelines that rotate credentials',
    fix: 'give it rules',
  });
}
