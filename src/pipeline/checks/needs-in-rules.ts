import { CheckedJob, CheckedPipeline, jobNamed, PipelineCheck } from './checked-pipeline';
import { JobNeed, needsOf } from './job-needs';
import { Conditions, Presence, presenceOf } from './rule-conditions';
import { Problem, show } from '../../base/user-error';

const IN_MERGE_REQUESTS = '$CI_PIPELINE_SOURCE == "merge_request_event"';

/**
 * Whether every pipeline that has a job has the jobs that it needs: GitLab refuses to create one that has not. Conditions are compared as they are
 * written. Where the rules are too rich for that, nothing is said.
 */
export const checkNeedsInRules: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) =>
  (needsOf(job) ?? []).flatMap((need) => problems(pipeline, job, need)));

function problems(pipeline: CheckedPipeline, job: CheckedJob, need: JobNeed): Problem[] {
  const needed = pipeline.jobs.find(({ name }) => name === need.job);
  const presence = presenceOf(job);
  if (!needed || need.optional || !presence) return [];
  const alone = presence.alternatives.find((conditions) => !isIn(pipeline, needed, { ...presence, alternatives: [conditions] }));
  return alone === undefined ? [] : [{
    at: jobNamed(job.name),
    given: `it needs ${show(need.job)}, which is not in every pipeline where ${alone.size === 0 ? 'it is' : [...alone].join(' && ')}`,
    expected: 'a job that is in all of them',
    fix: 'give both the same refs or rules',
  }];
}

/** Whether a job is in all these pipelines, or that is not known. */
function isIn({ hasWorkflow }: CheckedPipeline, job: CheckedJob, pipelines: Presence): boolean {
  const isMet = (conditions: Conditions): boolean => pipelines.alternatives.every((all) => [...conditions].every((condition) => all.has(condition)));
  // Without rules a job is in all pipelines but those of merge requests, unless the whole file has rules.
  if (job.effective.rules === undefined) {
    const isEverywhere = hasWorkflow || job.effective.only !== undefined || job.effective.except !== undefined;
    return isEverywhere || !pipelines.alternatives.some((all) => all.has(IN_MERGE_REQUESTS));
  }
  const presence = presenceOf(job);
  if (!presence || presence.except.some((condition) => !pipelines.except.includes(condition))) return true;
  return presence.alternatives.some(isMet);
}
