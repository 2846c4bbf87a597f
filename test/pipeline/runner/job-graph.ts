import type { JobDefinition, Need } from './ci-file';

/**
 * The order of the jobs of a pipeline, and the jobs whose artifacts each gets.
 *
 * @see https://docs.gitlab.com/ci/yaml/#needs and https://docs.gitlab.com/ci/yaml/#dependencies
 */
export class JobGraph {
  private readonly byName: ReadonlyMap<string, JobDefinition>;

  /**
   * @throws When a job needs one that is not in the pipeline. GitLab does not create such a pipeline.
   */
  constructor(private readonly stages: readonly string[], private readonly jobs: readonly JobDefinition[]) {
    this.byName = new Map(jobs.map((job) => [job.name, job]));
    for (const job of jobs) {
      if (!stages.includes(job.stage)) throw new Error(`${job.name}: the stage ${job.stage} does not exist`);
      const missing = job.needs?.find((need) => !need.optional && !this.byName.has(need.job));
      if (missing) throw new Error(`'${job.name}' job needs '${missing.job}' job, but '${missing.job}' does not exist in the pipeline`);
    }
  }

  /** The jobs, each after those that it waits for. */
  public inOrder(): JobDefinition[] {
    const left = [...this.jobs].sort((one, other) => this.rank(one) - this.rank(other));
    const ordered: JobDefinition[] = [];
    while (left.length > 0) {
      const index = left.findIndex((job) => this.before(job).every((other) => ordered.some(({ name }) => name === other)));
      if (index < 0) throw new Error(`the needs of ${left.map(({ name }) => name).join(', ')} are a circle`);
      ordered.push(...left.splice(index, 1));
    }
    return ordered;
  }

  /** The names of the jobs that it waits for. */
  public before(job: JobDefinition): string[] {
    const needs = this.needsOf(job);
    return needs ? needs.map((need) => need.job) : this.earlier(job).map(({ name }) => name);
  }

  /** The names of the jobs whose artifacts and dotenv variables it gets. */
  public artifactSources(job: JobDefinition): string[] {
    const needs = this.needsOf(job);
    if (needs) return needs.filter(({ artifacts }) => artifacts).map((need) => need.job);
    return this.earlier(job).map(({ name }) => name).filter((name) => !job.dependencies || job.dependencies.includes(name));
  }

  private needsOf({ needs }: JobDefinition): Need[] | undefined {
    return needs?.filter(({ job }) => this.byName.has(job));
  }

  private earlier(job: JobDefinition): JobDefinition[] {
    return this.jobs.filter((other) => this.rank(other) < this.rank(job));
  }

  private rank({ stage }: JobDefinition): number {
    return this.stages.indexOf(stage);
  }
}
