import { DeployRef } from './deploy-ref';
import type { Target } from './pipeline-plan';
import { show, userError } from '../../base/user-error';
import { gitlabSeconds } from '../../gitlab/duration';
import { environmentSlug } from '../../gitlab/environments';
import { checkNamespace } from '../../kubernetes/names';
import type { DeployCredential } from '../credentials/deploy-credential';
import type { Rule } from '../jobs/job';

/**
 * Options of every target.
 */
export interface TargetOptions {
  /**
   * The namespace in the cluster. Each target needs its own.
   */
  readonly namespace: string;

  /**
   * The address of the deployed application: `https://$CI_ENVIRONMENT_SLUG.example.com`.
   * GitLab expands its own variables in it, and those of the deploy job's report.
   *
   * @default - GitLab shows no link
   */
  readonly url?: string;

  /**
   * GitLab's tier of the environment: `production`, `staging`, `testing`, `development` or `other`.
   *
   * @default - GitLab guesses by the name
   */
  readonly tier?: string;

  /**
   * The time after which GitLab stops the environment, in GitLab's syntax: `3 days`. Each deployment starts the time again.
   * The pipeline gets a job that stops the environment.
   *
   * @default - never; 3 days for a review app
   */
  readonly autoStopIn?: string;

  /**
   * The credential of the target's jobs for the cluster.
   *
   * @default - that of the pipeline
   */
  readonly credential?: DeployCredential;
}

/**
 * Options of a permanent environment.
 */
export interface DeployTargetOptions extends TargetOptions {
  /**
   * The name of the environment in GitLab: `production`.
   * It is also the scope of the credential's variable, and the folder of the manifests in dist/.
   */
  readonly environment: string;

  /**
   * Whether only protected refs may deploy to it.
   *
   * @default false
   */
  readonly protectedRefsOnly?: boolean;

  /**
   * The branch or tags whose pipelines deploy to it.
   *
   * @default DeployRef.defaultBranch()
   */
  readonly ref?: DeployRef;

  /**
   * Whether a person must start the job.
   *
   * @default false
   */
  readonly manual?: boolean;

  /**
   * The environment that the same pipeline must deploy to first.
   * A pipeline that does not deploy to that environment does not wait for it.
   *
   * @default - the target before it in the list
   */
  readonly after?: string;

  /**
   * Whether the pipeline gets a manual job that removes the application. The job runs the command from the pipeline's artifact.
   * Once that has expired, deploy again before you run it.
   *
   * @default - only with `autoStopIn`
   */
  readonly stoppable?: boolean;
}

/**
 * Options of review apps.
 */
export interface ReviewTargetOptions extends TargetOptions {
  /**
   * The first part of the environments' names, and the folder of the manifests in dist/.
   *
   * @default 'review'
   */
  readonly environment?: string;
}

/**
 * A GitLab environment that a pipeline deploys to, and its namespace in the cluster.
 */
export class DeployTarget {
  /**
   * A permanent environment.
   *
   * @param options The environment, and the pipelines that deploy to it.
   */
  public static of(options: DeployTargetOptions): DeployTarget {
    const { environment, protectedRefsOnly: isProtected = false, ref = DeployRef.defaultBranch(), manual = false } = options;
    const rule: Rule = ref._rule(isProtected);
    return new DeployTarget({
      ...commonValues(options),
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
   * An environment for each merge request, named by its number: `review/mr-12`.
   * All of them share one namespace, and no other target may use it.
   * Each has its own application name, such as `web-mr-12`. The program must build it from CI_MERGE_REQUEST_IID.
   * Merge requests from forks get no environment.
   *
   * Branches of merge requests are not protected, so the variable with the credential must not be protected either.
   * Create it with `grant --environment 'review/*' --unprotected`.
   *
   * @param options The namespace, and the time after which an environment is stopped.
   */
  public static review(options: ReviewTargetOptions): DeployTarget {
    const { environment = 'review' } = options;
    return new DeployTarget({
      ...commonValues(options),
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

function commonValues({ namespace, url, tier, autoStopIn, credential }: TargetOptions): Pick<Target, 'namespace' | 'url' | 'tier' | 'autoStopIn' | 'credential'> {
  checkNamespace('target', namespace);
  if (autoStopIn !== undefined) gitlabSeconds('autoStopIn', autoStopIn);
  return { namespace, url: checkedUrl(url), tier: checkedTier(tier), autoStopIn, credential };
}

const TIERS = ['production', 'staging', 'testing', 'development', 'other'];

function checkedTier(tier?: string): string | undefined {
  if (tier === undefined || TIERS.includes(tier)) return tier;
  const similar = TIERS.find((known) => tier !== '' && known.startsWith(tier.toLowerCase()));
  throw userError({ at: 'tier', given: `it is ${show(tier)}`, expected: TIERS.join(', '), fix: `use ${similar ?? 'one of them'}` });
}

function checkedUrl(url?: string): string | undefined {
  if (url === undefined || /^(?:https?:\/\/[\x21-\x7e]+|\$[A-Za-z{][\x21-\x7e]*)$/.test(url)) return url;
  throw userError({
    at: 'url',
    given: `it is ${show(url)}`,
    expected: 'an address that begins with http:// or https://, or a variable that contains one',
    fix: 'write it as "https://$CI_ENVIRONMENT_SLUG.example.com"',
  });
}
