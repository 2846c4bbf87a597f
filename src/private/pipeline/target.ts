import type { Rule } from './job';
import type { DeployCredential } from '../../deploy-credential';

/**
 * A place to deploy to, as the jobs see it.
 */
export interface Target {
  /** The name of the environment in GitLab; that of a review app has a variable in it. */
  readonly environment: string;
  /** In dist/. */
  readonly folder: string;
  /** In the names of jobs. */
  readonly slug: string;
  readonly namespace: string;
  readonly isProtected: boolean;
  readonly isReview: boolean;
  /** For which pipelines. */
  readonly rule: Rule;
  readonly manual: boolean;
  /** The environment that comes before, if it is not the target before it in the list. */
  readonly after?: string;
  readonly url?: string;
  readonly tier?: string;
  readonly autoStopIn?: string;
  readonly isStoppable: boolean;
  readonly credential?: DeployCredential;
}

/**
 * The name of the application at a target, as a word of the shell.
 */
export function appAt(app: string, { isReview }: Target): string {
  return isReview ? `"${app}-mr-$CI_MERGE_REQUEST_IID"` : app;
}
