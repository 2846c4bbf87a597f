import type { CredentialUse } from '../credentials/credential-use';
import type { JobKeywords } from '../jobs/job';
import type { PipelinePlan } from '../targets/plan';
import type { Target } from '../targets/target';

/**
 * What brings manifests into the cluster.
 */
export interface Deployer {
  readonly image: JobKeywords['image'];
  /** As GitLab reads it. */
  readonly timeout: string;
  readonly reports?: DeployReports;
  /** By keyword. */
  readonly comments: { readonly [keyword: string]: string };
  credential(target: Target): CredentialUse;
  /** @param options Those of the credential, as words of the shell. */
  deploy(plan: PipelinePlan, target: Target, options: readonly string[]): string[];
  stop(plan: PipelinePlan, target: Target, options: readonly string[]): string[];
}

/**
 * Files that a deploy job leaves, whatever became of it.
 */
export interface DeployReports {
  readonly junit: string;
  readonly dotenv: string;
  /** The variables of the dotenv report. */
  readonly gives: readonly string[];
}
