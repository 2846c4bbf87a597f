import { dirname, join } from 'node:path';
import { allArtifacts, artifact, dotenvReport, forgetJobs, JobRun, Output, readJobs } from './job-run';
import { CiVariable, writeVariables } from './variables';

export interface RunOptions {
  /** Runs only these jobs, with the existing artifacts. The default is all jobs that are not manual. */
  readonly jobs?: readonly string[];
  /** Also runs these manual jobs. */
  readonly manual?: readonly string[];
  /** Variables that are added to the pipeline's own, or replace them. */
  readonly variables?: readonly CiVariable[];
  /** The keys of variables that the jobs do not get. */
  readonly without?: readonly string[];
}

/**
 * A pipeline and the artifacts of its jobs.
 */
export class Pipeline {
  constructor(
    private readonly clone: string,
    private readonly variables: readonly CiVariable[],
    private readonly start: (args: readonly string[]) => Promise<Output & { status: number | null }>,
  ) {}

  /**
   * Runs jobs.
   *
   * @returns The jobs that were started, by name.
   * @throws When gitlab-ci-local rejects the file.
   */
  public async run({ jobs = [], manual = [], variables = [], without = [] }: RunOptions = {}): Promise<Record<string, JobRun>> {
    // gitlab-ci-local sets /builds for a job with an image, even without a container.
    const folder = { key: 'CI_PROJECT_DIR', value: join(this.clone, '.gitlab-ci-local', 'builds', '$CI_JOB_NAME') };
    writeVariables(dirname(this.clone), [folder, ...this.variables, ...variables].filter(({ key }) => !without.includes(key)));
    forgetJobs(this.clone);
    const { status, ...output } = await this.start([...manual.flatMap((name) => ['--manual', name]), ...jobs]);
    const ran = readJobs(this.clone, output);
    if (Object.keys(ran).length === 0) throw new Error(`gitlab-ci-local ran no job and ended with status ${status}\n${output.stdout}${output.stderr}`);
    return ran;
  }

  /** The path of a file in a job's artifacts. */
  public artifact(job: string, name: string): string {
    return artifact(this.clone, job, name);
  }

  /** The texts of all artifacts and reports. */
  public artifacts(): string[] {
    return allArtifacts(this.clone);
  }

  /** The variables of a job's dotenv report. */
  public dotenv(job: string, name: string): Record<string, string> {
    return dotenvReport(this.clone, job, name);
  }
}
