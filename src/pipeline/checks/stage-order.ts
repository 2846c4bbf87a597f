import { CheckedJob, jobNamed, PipelineCheck } from './checked-pipeline';
import { show } from '../../base/user-error';

/** There without being listed, before and after all others. */
const EDGES = ['.pre', '.post'];

/**
 * Where the stage of a job is in the order; -1 where it is not listed.
 */
export function stageIndex({ effective }: CheckedJob, stages: readonly string[]): number {
  return inOrder(stages).indexOf(effective.stage as string);
}

function inOrder(stages: readonly string[]): string[] {
  return ['.pre', ...stages.filter((stage) => !EDGES.includes(stage)), '.post'];
}

/**
 * Whether all stages that jobs are in are listed.
 */
export const checkStages: PipelineCheck = ({ jobs, stages }) => jobs
  .filter((job) => !job.name.startsWith('.') && stageIndex(job, stages) < 0)
  .map((job) => ({
    at: jobNamed(job.name),
    given: `its stage is ${show(job.effective.stage)}`,
    expected: `one of ${inOrder(stages).join(', ')}`,
    fix: 'list it in stages',
  }));
