import { type RotatedTarget, rotationCondition, rotationJobs, type ScheduledRotationOptions } from './rotation-jobs';
import type { PipelineJob } from '../jobs/job';
import type { PipelinePlan } from '../targets/pipeline-plan';

/**
 * The rotation of credentials that are stored in CI/CD variables.
 */
export class CredentialRotation {
  /**
   * Rotates the credentials in a scheduled pipeline on a protected branch. Each job uses the old credential to create the new one, and stores it in GitLab.
   *
   * The jobs need the variable GITLAB_TOKEN: a project or group access token with the role Maintainer and the scope api.
   * Store it masked and protected, once for each environment, with that environment's scope (for review apps `review/rotation`).
   * With the scope `*`, every job of a protected branch would get it, also those that run npm packages.
   * All other jobs are excluded from such a pipeline, those of your own too.
   *
   * @param options The schedule's variable, and how the jobs run.
   */
  public static scheduled(options: ScheduledRotationOptions = {}): CredentialRotation {
    return new CredentialRotation(options);
  }

  private constructor(private readonly options: ScheduledRotationOptions) {
    rotationCondition(options);
  }

  /**
   * The condition of the pipelines that rotate credentials.
   *
   * @internal
   */
  public get _condition(): string {
    return rotationCondition(this.options);
  }

  /**
   * @internal
   */
  public _jobs(plan: PipelinePlan, targets: RotatedTarget[]): PipelineJob[] {
    return rotationJobs(this.options, plan, targets);
  }
}
