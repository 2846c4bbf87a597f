import type { JobCredential } from '../credentials/job-credential';
import type { JobOptions } from '../jobs/generated-job';
import type { JobKeywords } from '../jobs/job';
import type { ScriptTime } from '../jobs/script-timeout';
import type { PipelinePlan, Target } from '../targets/pipeline-plan';

/**
 * Options of the jobs that deploy to a target or stop it.
 */
export interface DeployJobOptions extends JobOptions {
  /**
   * The longest time of a rollout: `600s`, `10m`, `1h`.
   *
   * @default '10m'
   */
  readonly rolloutTimeout?: string;
}

/**
 * The tool of the deploy jobs: the command of this library, or kubectl.
 */
export interface Deployer {
  readonly image: JobKeywords['image'];
  readonly deployTime: ScriptTime;
  readonly stopTime: ScriptTime;
  readonly reports?: DeployReports;
  /** Comments by keyword. */
  readonly comments: { readonly [keyword: string]: string };
  credential(target: Target): JobCredential;
  /** @param options Those of the credential, as words of the shell. */
  deploy(plan: PipelinePlan, target: Target, options: readonly string[]): string[];
  stop(plan: PipelinePlan, target: Target, options: readonly string[]): string[];
}

/**
 * The reports that a deploy job writes, also when the deployment fails.
 */
export interface DeployReports {
  readonly junit: string;
  readonly dotenv: string;
  /** The variables in the dotenv report. */
  readonly variables: readonly string[];
}
