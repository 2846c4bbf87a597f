import type { Json } from '../../base/json';
import { userError, show } from '../../base/user-error';
import { commandSeconds } from '../../gitlab/duration';
import { exportKubeconfig } from '../credentials/kubeconfig-variable';
import { DEFAULT_IMAGES } from '../jobs/default-images';
import { generatedJob, type GeneratedJob, type JobOptions } from '../jobs/generated-job';
import type { PipelineJob, Rule } from '../jobs/job';
import { checkCommand, COMMAND_COMMENT, COMMAND_FILE, COPY_COMMAND, PIPELINE_FOLDER } from '../jobs/job-files';
import type { ScriptTime } from '../jobs/script-timeout';
import { checkedVariable, shellWord } from '../jobs/shell';
import type { PipelinePlan, Target } from '../targets/pipeline-plan';

/**
 * Options of a scheduled rotation.
 */
export interface ScheduledRotationOptions extends JobOptions {
  /**
   * The variable that starts the rotation in a scheduled pipeline. Set it to `true` in the pipeline schedule.
   *
   * @default 'ROTATE_CREDENTIALS'
   */
  readonly variable?: string;

  /**
   * How long the old credential stays valid, for jobs that have already read it: `30m`, `1h`.
   *
   * @default '1h'
   */
  readonly grace?: string;

  /**
   * How long the new credential is valid: `90d`. It must be longer than the interval of the schedule.
   *
   * @default - 90 days
   */
  readonly duration?: string;

  /**
   * The environments whose variable is not protected. Rotation protects the variables of all others.
   *
   * @default - review apps
   */
  readonly unprotected?: string[];
}

/**
 * A target whose credential is stored in a CI/CD variable.
 */
export interface RotatedTarget {
  readonly target: Target;
  readonly variable: string;
}

/**
 * The condition of the pipelines that rotate credentials.
 */
export function rotationCondition({ variable = 'ROTATE_CREDENTIALS' }: { readonly variable?: string }): string {
  return `$CI_PIPELINE_SOURCE == "schedule" && $${checkedVariable('variable', variable)} == "true"`;
}

/** GitLab runs a job without rules in the pipelines of branches and tags. */
const DEFAULT_RULE: Rule = { if: '$CI_COMMIT_BRANCH || $CI_COMMIT_TAG' };

/**
 * Excludes a job of the user from some pipelines. A hidden job is a template and runs in none.
 */
export function withExclusions(job: PipelineJob, exclusions: readonly Rule[]): PipelineJob {
  if (exclusions.length === 0 || job.name.startsWith('.')) return job;
  const { rules = [DEFAULT_RULE], only, except } = job.raw ?? {};
  if (only === undefined && except === undefined && job.raw?.extends === undefined && Array.isArray(rules)) {
    return { ...job, raw: { ...job.raw, rules: [...exclusions, ...rules] as unknown as Json } };
  }
  throw userError({
    at: `job ${job.name}`,
    given: 'it selects its pipelines by only, except or extends',
    expected: 'rules, to exclude it from the pipelines that rotate credentials',
    fix: 'write its conditions as rules',
  });
}

/**
 * A job that copies the command, and two jobs for each credential.
 * The first rotates the credential, and the second revokes the old one after the grace period.
 */
export function rotationJobs(options: ScheduledRotationOptions, plan: PipelinePlan, targets: readonly RotatedTarget[]): PipelineJob[] {
  checkEnvironments(options, targets);
  const rotations = targets.flatMap((rotated) => [rotateJob(options, plan, rotated), revokeJob(options, plan, rotated)]);
  return [copyJob(options), ...rotations].map(generatedJob);
}

function checkEnvironments({ unprotected = [] }: ScheduledRotationOptions, targets: readonly RotatedTarget[]): void {
  const names = targets.map(({ target }) => target.environment);
  if (names.length === 0) {
    throw userError({
      at: 'rotation',
      given: 'no target stores its credential in a variable',
      expected: 'a target with DeployCredential.kubeconfigVariable',
      fix: 'remove the option rotation: other credentials are not stored',
    });
  }
  const unknown = unprotected.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw userError({ at: 'rotation', given: `unprotected has ${show(unknown)}`, expected: names.join(', '), fix: 'use the environments of targets' });
}

const COPY_JOB = 'rotation-command';

/** The largest difference between the clocks of GitLab and of a runner, in minutes. */
const CLOCK_SKEW = 5;

function copyJob({ image = DEFAULT_IMAGES.node, tags, variables, ...options }: ScheduledRotationOptions): GeneratedJob {
  return {
    name: COPY_JOB,
    options: { tags, variables },
    comments: { '': 'This job has no environment, so npm installs packages without a credential of the cluster.' },
    keywords: {
      stage: 'rotate',
      image,
      rules: [protectedRule(options)],
      needs: [],
      script: ['npm ci --ignore-scripts', `mkdir -p "${PIPELINE_FOLDER}"`, COPY_COMMAND],
      artifacts: { paths: [`${PIPELINE_FOLDER}/`], expire_in: '1 week' },
    },
  };
}

function rotateJob(options: ScheduledRotationOptions, plan: PipelinePlan, { target, variable }: RotatedTarget): GeneratedJob {
  const { grace = '1h', duration, unprotected = [] } = options;
  const isUnprotected = target.isReview || unprotected.includes(target.environment);
  const job = credentialJob(options, plan, { target, variable }, [
    '--no-wait', '--grace', grace,
    '--environment', target.isReview ? `'${target.folder}/*'` : shellWord(target.environment),
    ...variable === 'KUBECONFIG' ? [] : ['--variable', variable],
    ...duration === undefined ? [] : durationWords(duration),
    ...isUnprotected ? ['--unprotected'] : [],
  ]);
  return {
    ...job,
    name: rotateName(options, target),
    keywords: { ...job.keywords, rules: [protectedRule(options)], needs: [{ job: COPY_JOB, artifacts: true }] },
    credentials: [...job.credentials ?? [], { variable: 'GITLAB_TOKEN', kind: 'project access token', source: 'gitlab' }],
  };
}

/** The command refuses a token of less than a week, unless `--shortest` allows it. */
function durationWords(duration: string): string[] {
  return commandSeconds('duration', duration) < 7 * 86_400 ? ['--duration', duration, '--shortest', duration] : ['--duration', duration];
}

/** The job uses the new credential: GitLab reads the variable when the job starts. */
function revokeJob(options: ScheduledRotationOptions, plan: PipelinePlan, rotated: RotatedTarget): GeneratedJob {
  const minutes = Math.ceil(commandSeconds('grace', options.grace ?? '1h') / 60) + CLOCK_SKEW;
  const job = credentialJob(options, plan, rotated, ['--finish']);
  const name = rotateName(options, rotated.target);
  return {
    ...job,
    options: { ...job.options, needs: undefined },
    name: `${name}-end`,
    comments: { ...job.comments, rules: 'Until then, jobs that have read the old credential may use it.' },
    keywords: {
      ...job.keywords,
      rules: [{ ...protectedRule(options), when: 'delayed', start_in: `${minutes} minutes` }],
      needs: [{ job: COPY_JOB, artifacts: true }, { job: name, artifacts: false }],
    },
  };
}

/** A schedule can run on any branch, so the rule requires a protected one. */
function protectedRule(options: ScheduledRotationOptions): Rule {
  return { if: `${rotationCondition(options)} && $CI_COMMIT_REF_PROTECTED == "true"` };
}

function rotateName({ name = 'rotate' }: ScheduledRotationOptions, { slug }: Target): string {
  return `${name}-${slug}`;
}

/** The job waits for nothing but the answers of GitLab and the cluster. */
const SCRIPT_TIME: ScriptTime = { needed: 600, parts: '10 minutes for requests to GitLab and the cluster' };

function credentialJob(
  options: ScheduledRotationOptions, { commandSha256 }: PipelinePlan, { target, variable }: RotatedTarget, words: readonly string[],
): Omit<GeneratedJob, 'name'> {
  // GitLab gives a variable of the scope `review/*` only to environments with such a name.
  const environment = target.isReview ? `${target.folder}/rotation` : target.environment;
  return {
    options,
    scriptTime: SCRIPT_TIME,
    comments: { script: COMMAND_COMMENT, environment: 'The job needs the environment\'s variables. It deploys nothing.' },
    keywords: {
      stage: 'rotate',
      image: options.image ?? DEFAULT_IMAGES.node,
      environment: { name: environment, action: 'access' },
      resource_group: environment,
      interruptible: false,
      retry: 0,
      variables: { GIT_STRATEGY: 'none' },
      script: [checkCommand(commandSha256), ...exportKubeconfig(variable), ['node', COMMAND_FILE, 'rotate', '--itself', ...words].join(' ')],
    },
    credentials: [{ variable, kind: 'masked variable', source: 'variable' }],
    targetEnvironment: environment,
  };
}
