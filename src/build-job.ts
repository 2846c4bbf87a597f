import type { JobOptions } from './job-options';
import { commonKeywords } from './private/pipeline/common-keywords';
import type { PipelineJob } from './private/pipeline/job';
import type { PipelinePlan } from './private/pipeline/plan';

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
    return new BuildJob(options);
  }

  private constructor(private readonly options: BuildJobOptions) {}

  /**
   * @internal
   */
  public _job(plan: PipelinePlan): PipelineJob {
    const { script, artifacts, expireIn = '1 day', raw } = this.options;
    return {
      name: this._name(),
      keywords: { ...commonKeywords(this.options), stage: 'build', rules: plan.anyTarget, script, artifacts: { paths: artifacts, expire_in: expireIn } },
      raw,
    };
  }

  /**
   * @internal
   */
  public _name(): string {
    return this.options.name ?? 'build';
  }
}
