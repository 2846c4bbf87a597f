import type { DeployCredential } from '../credentials/deploy-credential';
import type { Rule } from '../jobs/job';

/**
 * A `DeployTarget` as values: a GitLab environment and its namespace.
 */
export interface Target {
  /** The name of the environment in GitLab. The name for a review app contains a variable. */
  readonly environment: string;
  /** The folder of the manifests in dist/. */
  readonly folder: string;
  /** The environment's part in the names of jobs. */
  readonly slug: string;
  readonly namespace: string;
  readonly isProtected: boolean;
  readonly isReview: boolean;
  /** The condition of the pipelines that deploy to it. */
  readonly rule: Rule;
  readonly manual: boolean;
  /** The environment that the image must be deployed to first. Undefined means the target before it in the list. */
  readonly after?: string;
  readonly url?: string;
  readonly tier?: string;
  readonly autoStopIn?: string;
  readonly isStoppable: boolean;
  readonly credential?: DeployCredential;
}

/**
 * The values that all jobs of a pipeline share.
 */
export interface PipelinePlan {
  readonly app: string;
  /** The variable that passes the image reference from job to job. */
  readonly imageVariable: string;
  /** Variables of the job that synthesizes, when no job writes the image reference to a dotenv report. */
  readonly imageVariables: { readonly [name: string]: string };
  readonly targets: readonly Target[];
  /** The first rules of every job. They keep it out of pipelines with another purpose, such as rotation. */
  readonly exclusions: readonly Rule[];
  /** The rules of jobs that run in every pipeline that deploys, with `exclusions`. */
  readonly rules: Rule[];
  /** The name of the job that builds the program or site, if there is one. */
  readonly buildJob?: string;
  /** The name of the job that builds the image, if there is one. */
  readonly imageJob?: string;
  /** The name of the job that synthesizes, if there is one. */
  readonly synthJob?: string;
  /** The first lines of a target's deploy job, when deploy jobs synthesize. */
  readonly synthInDeployJob?: (target: Target) => string[];
  /** How long GitLab keeps the artifact with the manifests and the command, in GitLab's syntax. */
  readonly manifestsExpireIn: string;
  /** SHA-256 of the command, in hexadecimal digits. */
  readonly commandSha256: string;
}

/**
 * The name of the application at a target, as a word of the shell. Each review app has its own name.
 */
export function appName(app: string, { isReview }: Target): string {
  return isReview ? `"${app}-mr-$CI_MERGE_REQUEST_IID"` : app;
}

/** The longest DNS label. */
export const LONGEST_LABEL = 63;

/** The part that a review app adds to the application's name, for merge requests of up to six digits. */
const REVIEW_SUFFIX = '-mr-123456'.length;

/** The longest name of an application, in characters. */
export function longestApp(targets: readonly Target[]): number {
  return targets.some(({ isReview }) => isReview) ? LONGEST_LABEL - REVIEW_SUFFIX : LONGEST_LABEL;
}
