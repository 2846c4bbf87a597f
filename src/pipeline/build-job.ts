import { generatedJob, type JobOptions } from './jobs/generated-job';
import type { PipelineJob } from './jobs/job';
import type { PipelinePlan } from './targets/pipeline-plan';
import { gitlabSeconds } from '../gitlab/duration';

/**
 * Options of a job that builds a site or a program before the image.
 */
export interface BuildJobOptions extends JobOptions {
  /**
   * The commands.
   */
  readonly script: string[];

  /**
   * The files and folders that the image job gets as an artifact.
   */
  readonly artifacts: string[];

  /**
   * How long GitLab keeps the artifact, in GitLab's syntax.
   *
   * @default '1 day'
   */
  readonly expireIn?: string;
}

/**
 * A job that builds the content of the image: a site or a program.
 */
export class BuildJob {
  /**
   * Runs commands, and passes the files that they write to the image job.
   *
   * @param options The commands and their files.
   */
  public static script(options: BuildJobOptions): BuildJob {
    return new BuildJob({ ...options, script: [...options.script], artifacts: [...options.artifacts] });
  }

  private constructor(private readonly options: BuildJobOptions) {
    gitlabSeconds('expireIn', options.expireIn ?? DAY);
  }

  /**
   * @internal
   */
  public _job(plan: PipelinePlan): PipelineJob {
    const { script, artifacts, expireIn = DAY, image } = this.options;
    return generatedJob({
      name: this._name(),
      options: this.options,
      keywords: {
        stage: 'build',
        image,
        rules: plan.rules,
        interruptible: true,
        script,
        artifacts: { paths: artifacts, expire_in: expireIn },
      },
    });
  }

  /**
   * @internal
   */
  public _name(): string {
    return this.options.name ?? 'build';
  }
}

const DAY = '1 day';
