import { generatedJob } from './jobs/generated-job';
import type { JobOptions } from './jobs/job-options';
import { gitlabSeconds } from '../gitlab/duration';
import type { PipelineJob } from './jobs/job';
import type { PipelinePlan } from './targets/plan';

/**
 * What is built before the image: a site, a program.
 */
export interface BuildJobOptions extends JobOptions {
  /**
   * The commands.
   */
  readonly script: string[];

  /**
   * The files and folders that the image job gets.
   */
  readonly artifacts: string[];

  /**
   * How long GitLab keeps them.
   *
   * @default '1 day'
   */
  readonly expireIn?: string;
}

/**
 * The job whose result goes into the image.
 */
export class BuildJob {
  /**
   * A job that runs commands and hands over what they have written.
   *
   * @param options The commands and their result.
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
        rules: plan.anyTarget,
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
