import { CheckedJob, CheckedPipeline, jobLabel, PipelineCheck } from './checked-pipeline';
import { stageIndex } from './file-structure';
import { Conditions, JobRules, simpleRules } from './rule-conditions';
import { isObject, Json } from '../../base/json';
import { Problem, show } from '../../base/user-error';

/**
 * A need of another job of the same pipeline.
 */
export interface JobNeed {
  readonly job: string;
  readonly artifacts: boolean;
  /** Whether GitLab accepts a pipeline without that job. */
  readonly optional: boolean;
}

/**
 * The needs of a job in its own pipeline. Undefined without the keyword `needs`: the job waits for all earlier stages.
 *
 * @see https://docs.gitlab.com/ci/yaml/#needs
 */
export function needsOf({ effective: { needs } }: CheckedJob): JobNeed[] | undefined {
  if (needs === undefined) return undefined;
  return (Array.isArray(needs) ? needs.flat() : [needs]).flatMap(needOf);
}

function needOf(need: Json): JobNeed[] {
  if (typeof need === 'string') return [{ job: need, artifacts: true, optional: false }];
  // A need with `project` or `pipeline` is a job of another pipeline.
  if (!isObject(need) || typeof need.job !== 'string' || need.project !== undefined || need.pipeline !== undefined) return [];
  return [{ job: need.job, artifacts: need.artifacts !== false, optional: need.optional === true }];
}

/** The default of GitLab's setting `ci_needs_size_limit`. */
const MOST_NEEDS = 50;

/**
 * Needed jobs exist, and are in the same stage or an earlier one.
 *
 * @see lib/gitlab/ci/yaml_processor.rb in github.com/gitlabhq/gitlabhq
 */
export const checkNeeds: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => {
  const needs = needsOf(job) ?? [];
  const names = needs.map((need) => need.job);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const problem = (given: string, expected: string, fix: string): Problem => ({ at: jobLabel(job.name), given, expected, fix });
  return [
    ...needs.flatMap((need) => needProblems(pipeline, job, need.job, need.optional)),
    ...[...twice].map((name) => problem(`it needs ${show(name)} twice`, 'each job once', 'remove one of them')),
    ...needs.length > MOST_NEEDS ? [problem(`it needs ${needs.length} jobs`, `at most ${MOST_NEEDS}`, 'remove needs, so that the job waits for all earlier stages')] : [],
  ];
});

function needProblems({ jobs, stages, raw }: CheckedPipeline, job: CheckedJob, name: string, isOptional: boolean): Problem[] {
  const at = jobLabel(job.name);
  const given = `it needs ${show(name)}`;
  if (name.startsWith('.')) return [{ at, given: `${given}, which is hidden`, expected: 'a job that runs', fix: 'remove the need, or the "." from that name' }];
  const needed = jobs.find((other) => other.name === name);
  if (!needed) {
    const isElsewhere = isOptional || raw.include !== undefined;
    return isElsewhere ? [] : [{ at, given, expected: 'a job of this file', fix: 'add the job with addJob, or need another one' }];
  }
  const isLater = stageIndex(needed, stages) > stageIndex(job, stages);
  return isLater ? [{ at, given: `${given} of the later stage ${needed.effective.stage}`, expected: 'a job of the same stage or an earlier one', fix: 'change the order of the stages' }] : [];
}

/**
 * Jobs do not need each other in a cycle.
 */
export const checkCycles: PipelineCheck = ({ jobs }) => {
  const needs = new Map(jobs.map((job) => [job.name, (needsOf(job) ?? []).map((need) => need.job)]));
  const done = new Set<string>();
  return jobs.flatMap(({ name }) => {
    const cycle = cycleFrom(name, needs, done, []);
    return cycle === undefined ? [] : [{
      at: jobLabel(name),
      given: `it needs itself: ${cycle.join(' needs ')}`,
      expected: 'no cycle of needs',
      fix: 'remove one of these needs',
    }];
  });
};

/** @param done Visited jobs. The function adds to it. */
function cycleFrom(name: string, needs: ReadonlyMap<string, string[]>, done: Set<string>, path: string[]): string[] | undefined {
  const at = path.indexOf(name);
  if (at >= 0) return [...path.slice(at), name];
  if (done.has(name)) return undefined;
  done.add(name);
  for (const next of needs.get(name) ?? []) {
    const cycle = cycleFrom(next, needs, done, [...path, name]);
    if (cycle) return cycle;
  }
  return undefined;
}

const IN_MERGE_REQUESTS = '$CI_PIPELINE_SOURCE == "merge_request_event"';

/**
 * Every pipeline with a job also has the jobs that it needs. GitLab creates no pipeline otherwise.
 * The check compares the texts of conditions, and skips rules that are too complex for that.
 */
export const checkNeedsInRules: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) =>
  (needsOf(job) ?? []).flatMap((need) => ruleProblems(pipeline, job, need)));

function ruleProblems(pipeline: CheckedPipeline, job: CheckedJob, need: JobNeed): Problem[] {
  const needed = pipeline.jobs.find(({ name }) => name === need.job);
  const rules = simpleRules(job);
  if (!needed || need.optional || !rules) return [];
  const alone = rules.alternatives.find((conditions) => !isIn(pipeline, needed, { ...rules, alternatives: [conditions] }));
  return alone === undefined ? [] : [{
    at: jobLabel(job.name),
    given: `it needs ${show(need.job)}, which is not in every pipeline ${alone.size === 0 ? 'of this job' : `with ${[...alone].join(' && ')}`}`,
    expected: 'a job that is in all of them',
    fix: 'use the same refs or rules for both jobs',
  }];
}

/** Whether the job is in all of these pipelines. Also true when its rules are too complex to compare. */
function isIn({ hasWorkflow }: CheckedPipeline, job: CheckedJob, pipelines: JobRules): boolean {
  const isMet = (conditions: Conditions): boolean => pipelines.alternatives.every((all) => [...conditions].every((condition) => all.has(condition)));
  // A job without rules is in all pipelines but those of merge requests. With `workflow` it is in those too.
  if (job.effective.rules === undefined) {
    const isEverywhere = hasWorkflow || job.effective.only !== undefined || job.effective.except !== undefined;
    return isEverywhere || !pipelines.alternatives.some((all) => all.has(IN_MERGE_REQUESTS));
  }
  const rules = simpleRules(job);
  if (!rules || rules.exclusions.some((condition) => !pipelines.exclusions.includes(condition))) return true;
  return rules.alternatives.some(isMet);
}
