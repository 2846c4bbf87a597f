import { dirname, join } from 'node:path';
import { allArtifacts, artifact, dotenvReport, forgetJobs, JobRun, Output, readJobs } from './job-run';
import { CiVariable, writeVariables } from './variables';

export interface RunOptions {
  /** These alone, with the artifacts that are there. By default all that are not manual. */
  readonly jobs?: readonly string[];
  /** Manual jobs that are started as well. */
  readonly manual?: readonly string[];
  /** In place of, or beside, the pipeline's own. */
  readonly variables?: readonly CiVariable[];
  /** The keys of variables that they do not get. */
  readonly without?: readonly string[];
}

/**
 * A pipeline and what its jobs have left.
 */
export class Pipeline {
  constructor(
    private readonly clone: string,
    private readonly variables: readonly CiVariable[],
    private readonly start: (args: readonly string[]) => Promise<Output & { status: number | null }>,
  ) {}

  /**
   * Runs jobs, and resolves with what became of those that were started. Throws when gitlab-ci-local refuses the file.
   */
  public async run({ jobs = [], manual = [], variables = [], without = [] }: RunOptions = {}): Promise<Record<string, JobRun>> {
    // Of a job with an image, gitlab-ci-local says that it lies in /builds, even without a container.
    const folder = { key: 'CI_PROJECT_DIR', value: join(this.clone, '.gitlab-ci-local', 'builds', '$CI_JOB_NAME') };
    writeVariables(dirname(this.clone), [folder, ...this.variables, ...variables].filter(({ key }) => !without.includes(key)));
    forgetJobs(this.clone);
    const { status, ...output } = await this.start([...manual.flatMap((name) => ['--manual', name]), ...jobs]);
    const ran = readJobs(this.clone, output);
    if (Object.keys(ran).length === 0) throw new Error(`gitlab-ci-local ran no job and ended with status ${status}\n${output.stdout}${output.stderr}`);
    return ran;
  }

  /** The path of a file of the artifacts that a job has left. */
  public artifact(job: string, name: string): string {
    return artifact(this.clone, job, name);
  }

  /** The texts of all artifacts and reports. */
  public artifacts(): string[] {
    return allArtifacts(this.clone);
  }

  /** The dotenv report that a job has left. */
  public dotenv(job: string, name: string): Record<string, string> {
    return dotenvReport(this.clone, job, name);
  }
}
