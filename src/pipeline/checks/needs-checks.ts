import { CheckedJob, CheckedPipeline, jobNamed, PipelineCheck } from './checked-pipeline';
import { needsOf } from './job-needs';
import { stageIndex } from './stage-order';
import { Problem, show } from '../../base/user-error';

/** What an instance of GitLab allows unless it is set otherwise (`ci_needs_size_limit`). */
const MOST_NEEDS = 50;

/**
 * Whether the jobs that others need are there, and in the same stage or an earlier one, as GitLab wants it.
 *
 * @see lib/gitlab/ci/yaml_processor.rb in github.com/gitlabhq/gitlabhq
 */
export const checkNeeds: PipelineCheck = (pipeline) => pipeline.jobs.flatMap((job) => {
  const needs = needsOf(job) ?? [];
  const names = needs.map((need) => need.job);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const problem = (given: string, expected: string, fix: string): Problem => ({ at: jobNamed(job.name), given, expected, fix });
  return [
    ...needs.flatMap((need) => needProblems(pipeline, job, need.job, need.optional)),
    ...[...twice].map((name) => problem(`it needs ${show(name)} twice`, 'each job once', 'remove one of them')),
    ...needs.length > MOST_NEEDS ? [problem(`it needs ${needs.length} jobs`, `at most ${MOST_NEEDS}`, 'put jobs that others wait for into a stage')] : [],
  ];
});

function needProblems({ jobs, stages, raw }: CheckedPipeline, job: CheckedJob, name: string, isOptional: boolean): Problem[] {
  const at = jobNamed(job.name);
  const given = `it needs ${show(name)}`;
  if (name.startsWith('.')) return [{ at, given: `${given}, which is hidden`, expected: 'a job that runs', fix: 'rename that one' }];
  const needed = jobs.find((other) => other.name === name);
  if (!needed) {
    const isElsewhere = isOptional || raw.include !== undefined;
    return isElsewhere ? [] : [{ at, given, expected: 'a job of this file', fix: 'correct the name, or add the job' }];
  }
  const isLater = stageIndex(needed, stages) > stageIndex(job, stages);
  return isLater ? [{ at, given: `${given} of the later stage ${needed.effective.stage}`, expected: 'a job of the same stage or an earlier one', fix: 'change the order of the stages' }] : [];
}

/**
 * Whether jobs wait for each other.
 */
export const checkCycles: PipelineCheck = ({ jobs }) => {
  const needs = new Map(jobs.map((job) => [job.name, (needsOf(job) ?? []).map((need) => need.job)]));
  const done = new Set<string>();
  return jobs.flatMap(({ name }) => {
    const cycle = cycleFrom(name, needs, done, []);
    return cycle === undefined ? [] : [{
      at: jobNamed(name),
      given: `it needs itself: ${cycle.join(' needs ')}`,
      expected: 'jobs that do not wait for each other',
      fix: 'remove one of these needs',
    }];
  });
};

/** @param done Jobs that no cycle is found from any more; this adds to it. */
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
