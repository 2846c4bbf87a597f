import { DeployRef } from './deploy-ref';
import { checkedTier, checkedUrl, Target } from './target';
import { gitlabSeconds } from '../../gitlab/duration';
import { environmentSlug } from '../../gitlab/environments';
import { checkNamespace } from '../../kubernetes/names';
import type { DeployCredential } from '../credentials/deploy-credential';
import type { Rule } from '../jobs/job';

/**
 * What a target is to GitLab, whatever its kind.
 */
export interface TargetOptions {
  /**
   * The namespace in the cluster. No two targets share one.
   */
  readonly namespace: string;

  /**
   * Where the deployed application is seen: `https://$CI_ENVIRONMENT_SLUG.example.com`. Variables of GitLab are expanded in it, and those of the deploy job's report.
   *
   * @default - GitLab shows no link
   */
  readonly url?: string;

  /**
   * What GitLab counts the environment as: `production`, `staging`, `testing`, `development` or `other`.
   *
   * @default - GitLab guesses by the name
   */
  readonly tier?: string;

  /**
   * After which time GitLab stops it by itself, as GitLab reads it: `3 days`. There is a job that stops it then. Each deployment begins the time anew.
   *
   * @default - never; 3 days for a review app
   */
  readonly autoStopIn?: string;

  /**
   * What the deploy job reaches the cluster with.
   *
   * @default - that of the pipeline
   */
  readonly credential?: DeployCredential;
}

/**
 * An environment that stays.
 */
export interface DeployTargetOptions extends TargetOptions {
  /**
   * The name of the environment in GitLab: `production`. It is also the scope of the credential, and the folder in dist/ with its manifests.
   */
  readonly environment: string;

  /**
   * Whether only protected refs may deploy to it.
   *
   * @default false
   */
  readonly protectedRefsOnly?: boolean;

  /**
   * For which refs it is deployed to.
   *
   * @default DeployRef.defaultBranch()
   */
  readonly ref?: DeployRef;

  /**
   * Whether someone has to start the job.
   *
   * @default false
   */
  readonly manual?: boolean;

  /**
   * The environment that the same image must have been deployed to before, in the same pipeline. Where a pipeline does not deploy to that one, nothing is waited for.
   *
   * @default - the target before it in the list
   */
  readonly after?: string;

  /**
   * Whether there is a job that destroys it, to be started by hand. It runs the command of the pipeline's artifact: when that has expired, deploy again first.
   *
   * @default - only with `autoStopIn`
   */
  readonly stoppable?: boolean;
}

/**
 * A review app of each merge request.
 */
export interface ReviewTargetOptions extends TargetOptions {
  /**
   * What the names of the environments start with, and the folder in dist/ with the manifests.
   *
   * @default 'review'
   */
  readonly environment?: string;
}

/**
 * A place that a pipeline deploys to: an environment of GitLab and its namespace in the cluster.
 */
export class DeployTarget {
  /**
   * An environment that stays.
   *
   * @param options Its names, and when it is deployed to.
   */
  public static of(options: DeployTargetOptions): DeployTarget {
    const { environment, protectedRefsOnly: isProtected = false, ref = DeployRef.defaultBranch(), manual = false } = options;
    const rule: Rule = ref._rule(isProtected);
    return new DeployTarget({
      ...common(options),
      environment,
      folder: environment,
      slug: environmentSlug(environment),
      isProtected,
      isReview: false,
      rule,
      manual,
      after: options.after,
      isStoppable: options.stoppable ?? options.autoStopIn !== undefined,
    });
  }

  /**
   * An environment of its own for each merge request, named by its number: `review/mr-12`. All of them live in one namespace, which no other target has, under
   * an application's name of their own: `web-mr-12`, for which the program has CI_MERGE_REQUEST_IID. Merge requests from forks get none.
   * A credential in a variable is one for `review/*` that is not protected, as the branches are not: `grant --environment 'review/*' --unprotected`.
   *
   * @param options Its namespace, and for how long it stays.
   */
  public static review(options: ReviewTargetOptions): DeployTarget {
    const { environment = 'review' } = options;
    return new DeployTarget({
      ...common(options),
      environment: `${environment}/mr-$CI_MERGE_REQUEST_IID`,
      folder: environment,
      slug: environmentSlug(environment),
      isProtected: false,
      isReview: true,
      rule: { if: '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID' },
      manual: false,
      isStoppable: true,
      autoStopIn: options.autoStopIn ?? '3 days',
    });
  }

  private constructor(private readonly target: Target) {}

  /**
   * @internal
   */
  public _target(): Target {
    return this.target;
  }
}

function common({ namespace, url, tier, autoStopIn, credential }: TargetOptions): Pick<Target, 'namespace' | 'url' | 'tier' | 'autoStopIn' | 'credential'> {
  checkNamespace('target', namespace);
  if (autoStopIn !== undefined) gitlabSeconds('autoStopIn', autoStopIn);
  return { namespace, url: checkedUrl(url), tier: checkedTier(tier), autoStopIn, credential };
}
