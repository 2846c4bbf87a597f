import { rotationJobs, RotatedTarget } from './rotation-jobs';
import { rotationPipelines } from './rotation-pipelines';
import type { PipelineJob } from '../jobs/job';
import type { JobOptions } from '../jobs/job-options';
import type { PipelinePlan } from '../targets/plan';

/**
 * How credentials are replaced.
 */
export interface ScheduledRotationOptions extends JobOptions {
  /**
   * The variable that tells a scheduled pipeline to do this and nothing else. Give the schedule this variable with the value `true`.
   *
   * @default 'ROTATE_CREDENTIALS'
   */
  readonly variable?: string;

  /**
   * How long the old credential goes on working, for jobs that have read it already: `30m`, `1h`.
   *
   * @default '1h'
   */
  readonly grace?: string;

  /**
   * How long the new one is to live: `90d`. Longer than from one scheduled pipeline to the next.
   *
   * @default - 90 days
   */
  readonly duration?: string;

  /**
   * The environments whose variable is not protected. The others' becomes so when it is written.
   *
   * @default - review apps
   */
  readonly unprotected?: string[];
}

/**
 * How the credentials that are kept in variables are replaced before they end.
 */
export class CredentialRotation {
  /**
   * By a pipeline on a schedule, on a protected branch. Each credential asks the cluster for its own successor, which takes its place in GitLab.
   *
   * GITLAB_TOKEN must be there: a project or group access token with role Maintainer and scope api, as a masked and protected variable.
   * The jobs of all other kinds are left out of such a pipeline, those of your own too.
   *
   * @param options When, and how the jobs run.
   */
  public static scheduled(options: ScheduledRotationOptions = {}): CredentialRotation {
    return new CredentialRotation(options);
  }

  private constructor(private readonly options: ScheduledRotationOptions) {
    rotationPipelines(options);
  }

  /**
   * The condition of the pipelines that rotate.
   *
   * @internal
   */
  public get _condition(): string {
    return rotationPipelines(this.options);
  }

  /**
   * @internal
   */
  public _jobs(plan: PipelinePlan, targets: RotatedTarget[]): PipelineJob[] {
    return rotationJobs(this.options, plan, targets);
  }
}
