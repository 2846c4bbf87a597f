import { userError, show } from '../../base/user-error';
import type { DeployCredential } from '../credentials/deploy-credential';
import type { Rule } from '../jobs/job';

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

const TIERS = ['production', 'staging', 'testing', 'development', 'other'];

/** What GitLab counts an environment as. */
export function checkedTier(tier?: string): string | undefined {
  if (tier === undefined || TIERS.includes(tier)) return tier;
  throw userError({ at: 'tier', given: `it is ${show(tier)}`, expected: TIERS.join(', '), fix: 'choose one of them' });
}

/** GitLab shows it as a link. */
export function checkedUrl(url?: string): string | undefined {
  if (url === undefined || /^(?:https?:\/\/[\x21-\x7e]+|\$[A-Za-z{][\x21-\x7e]*)$/.test(url)) return url;
  throw userError({ at: 'url', given: `it is ${show(url)}`, expected: 'an address with the scheme http or https, or a variable that holds one', fix: 'correct it' });
}

/** The longest DNS label. */
export const LONGEST_LABEL = 63;

/** What a review app adds to the application's name, with six digits of a merge request. */
const REVIEW_SUFFIX = '-mr-123456'.length;

/** How many characters the name of an application may have. */
export function longestApp(targets: readonly Target[]): number {
  return targets.some(({ isReview }) => isReview) ? LONGEST_LABEL - REVIEW_SUFFIX : LONGEST_LABEL;
}
