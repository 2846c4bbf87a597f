import type { JobModel, PipelineModel, TargetModel } from '../../../pipeline/model/pipeline-model';

/**
 * A pipeline as a picture shows it.
 */
export interface PipelineGraph {
  readonly app: string;
  /** The stages that have jobs, in their order. */
  readonly columns: readonly Column[];
  readonly targets: readonly TargetModel[];
  readonly arrows: readonly Arrow[];
  readonly deployments: readonly Deployment[];
}

/** A stage with its jobs, each below those of the stage that it needs, and what stops an environment last. */
export interface Column {
  readonly stage: string;
  readonly jobs: readonly JobModel[];
}

/** A job that must have ended before another. */
export interface Arrow {
  readonly from: JobModel;
  readonly to: JobModel;
  /** What comes along: `artifact`, `dotenv IMAGE`. Nothing where only the order counts. */
  readonly carries: readonly string[];
}

/** A job and what it deploys to or stops. */
export interface Deployment {
  readonly job: JobModel;
  readonly target: TargetModel;
}

/**
 * The picture of a pipeline, before it has places.
 */
export function graphOf({ app, stages, jobs: all, targets }: PipelineModel): PipelineGraph {
  const [first, ...others] = inOrder(stages, all).filter((stage) => all.some((job) => job.stage === stage));
  // There is nothing that jobs of the first stage could wait for.
  const jobs = all.map((job) => (job.stage === first ? { ...job, needs: job.needs ?? [] } : job));
  const byName = new Map(jobs.map((job) => [job.name, job]));
  return {
    app,
    columns: (first === undefined ? [] : [first, ...others]).map((stage) => ({ stage, jobs: stacked(jobs.filter((job) => job.stage === stage)) })),
    targets,
    arrows: jobs.flatMap((to) => (to.needs ?? []).flatMap(({ job, artifacts }) => {
      const from = byName.get(job);
      return from === undefined ? [] : [{ from, to, carries: artifacts ? carried(from, to) : [] }];
    })),
    deployments: jobs.filter(({ action }) => action !== 'uses').flatMap((job) => (
      targets.filter(({ environment }) => environment === job.environment).map((target) => ({ job, target })))),
  };
}

/** GitLab has two stages more, around all others. */
function inOrder(stages: readonly string[], jobs: readonly JobModel[]): string[] {
  const named = stages.filter((stage) => stage !== '.pre' && stage !== '.post');
  const others = jobs.map(({ stage }) => stage).filter((stage) => stage !== '.pre' && stage !== '.post');
  return [...new Set(['.pre', ...named, ...others, '.post'])];
}

function stacked(jobs: readonly JobModel[]): JobModel[] {
  const placed: JobModel[] = [];
  const rest = [...jobs.filter(({ action }) => action !== 'stops'), ...jobs.filter(({ action }) => action === 'stops')];
  while (rest.length > 0) {
    const waits = (job: JobModel) => (job.needs ?? []).some((need) => rest.some((other) => other !== job && other.name === need.job));
    // In a circle, which GitLab refuses, the first is as good as any.
    const next = Math.max(0, rest.findIndex((job) => !waits(job)));
    placed.push(...rest.splice(next, 1));
  }
  return placed;
}

/** The pipeline of a variable travels with it, and needs no words. */
function carried(from: JobModel, to: JobModel): string[] {
  const variables = from.gives.filter((variable) => to.takes.includes(variable));
  const told = variables.filter((variable) => !variables.some((other) => variable === `${other}_PIPELINE_ID`));
  return [...from.artifacts.length > 0 ? ['artifact'] : [], ...told.length > 0 ? [`dotenv ${told.join(', ')}`] : []];
}
