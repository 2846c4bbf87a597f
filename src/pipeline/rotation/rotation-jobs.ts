import type { ScheduledRotationOptions } from './credential-rotation';
import { rotationPipelines } from './rotation-pipelines';
import { userError, show } from '../../base/user-error';
import { commandSeconds } from '../../gitlab/duration';
import { asKubeconfig } from '../credentials/kubeconfig-variable';
import { BUILDERS } from '../jobs/builders';
import { checkCommand, COMMAND, COMMAND_COMMENT, COPY_COMMAND, HANDED_ON } from '../jobs/command-file';
import { generatedJob, GeneratedJob } from '../jobs/generated-job';
import type { PipelineJob, Rule } from '../jobs/job';
import { word } from '../jobs/shell';
import type { PipelinePlan } from '../targets/plan';
import type { Target } from '../targets/target';

/**
 * A target whose credential is kept in a variable.
 */
export interface RotatedTarget {
  readonly target: Target;
  readonly variable: string;
}

/**
 * A job that fetches the command, and two for each credential: one that replaces it, one that ends the old one when its grace is over.
 */
export function rotationJobs(options: ScheduledRotationOptions, plan: PipelinePlan, targets: readonly RotatedTarget[]): PipelineJob[] {
  checkEnvironments(options, targets);
  return [fetchJob(options), ...targets.flatMap((rotated) => [rotateJob(options, plan, rotated), endJob(options, plan, rotated)])].map(generatedJob);
}

function checkEnvironments({ unprotected = [] }: ScheduledRotationOptions, targets: readonly RotatedTarget[]): void {
  const names = targets.map(({ target }) => target.environment);
  const unknown = unprotected.find((name) => !names.includes(name));
  if (names.length > 0 && unknown === undefined) return;
  throw userError({
    at: 'rotation',
    given: names.length === 0 ? 'no target has a credential that is kept in a variable' : `unprotected has ${show(unknown)}`,
    expected: names.join(', ') || 'DeployCredential.kubeconfigVariable',
    fix: 'correct it, or leave it out',
  });
}

const FETCH = 'rotation-command';

/** Minutes by which the clocks of GitLab and of a runner may differ. */
const CLOCKS_DIFFER = 5;

function fetchJob({ image = BUILDERS.node, tags, variables, ...options }: ScheduledRotationOptions): GeneratedJob {
  return {
    name: FETCH,
    options: { tags, variables },
    comments: { '': 'No environment here: packages are fetched where there is no credential of the cluster.' },
    keywords: {
      stage: 'rotate',
      image,
      rules: [ruleOf(options)],
      needs: [],
      script: ['npm ci --ignore-scripts', `mkdir -p "${HANDED_ON}"`, COPY_COMMAND],
      artifacts: { paths: [`${HANDED_ON}/`], expire_in: '1 week' },
    },
  };
}

function rotateJob(options: ScheduledRotationOptions, plan: PipelinePlan, { target, variable }: RotatedTarget): GeneratedJob {
  const { grace = '1h', duration, unprotected = [] } = options;
  const isUnprotected = target.isReview || unprotected.includes(target.environment);
  const job = credentialJob(options, plan, { target, variable }, [
    '--no-wait', '--grace', grace,
    '--environment', target.isReview ? `'${target.folder}/*'` : word(target.environment),
    ...variable === 'KUBECONFIG' ? [] : ['--variable', variable],
    ...duration === undefined ? [] : lifetime(duration),
    ...isUnprotected ? ['--unprotected'] : [],
  ]);
  return {
    ...job,
    name: rotateName(options, target),
    keywords: { ...job.keywords, rules: [ruleOf(options)], needs: [{ job: FETCH, artifacts: true }] },
    holds: [...job.holds ?? [], { variable: 'GITLAB_TOKEN', kind: 'project access token', source: 'gitlab' }],
  };
}

/** The command keeps no token that lives for less than a week, unless it is told to. */
function lifetime(duration: string): string[] {
  return commandSeconds('duration', duration) < 7 * 86_400 ? ['--duration', duration, '--shortest', duration] : ['--duration', duration];
}

/** By the successor's own rights, which this job reads when it is started. */
function endJob(options: ScheduledRotationOptions, plan: PipelinePlan, rotated: RotatedTarget): GeneratedJob {
  const minutes = Math.ceil(commandSeconds('grace', options.grace ?? '1h') / 60) + CLOCKS_DIFFER;
  const job = credentialJob(options, plan, rotated, ['--finish']);
  const name = rotateName(options, rotated.target);
  return {
    ...job,
    options: { ...job.options, needs: undefined },
    name: `${name}-end`,
    comments: { ...job.comments, rules: 'When jobs that had read the old credential have ended.' },
    keywords: {
      ...job.keywords,
      rules: [{ ...ruleOf(options), when: 'delayed', start_in: `${minutes} minutes` }],
      needs: [{ job: FETCH, artifacts: true }, { job: name, artifacts: false }],
    },
  };
}

/** The schedule is in the hands of whoever may write it; a protected branch is not. */
function ruleOf(options: ScheduledRotationOptions): Rule {
  return { if: `${rotationPipelines(options)} && $CI_COMMIT_REF_PROTECTED == "true"` };
}

function rotateName({ name = 'rotate' }: ScheduledRotationOptions, { slug }: Target): string {
  return `${name}-${slug}`;
}

function credentialJob(
  options: ScheduledRotationOptions, { commandSha256 }: PipelinePlan, { target, variable }: RotatedTarget, words: readonly string[],
): Omit<GeneratedJob, 'name'> {
  // Variables of a scope `review/*` are for the environments that it matches.
  const environment = target.isReview ? `${target.folder}/rotation` : target.environment;
  return {
    options,
    comments: { script: COMMAND_COMMENT, environment: 'For its variables: nothing is deployed.' },
    keywords: {
      stage: 'rotate',
      image: options.image ?? BUILDERS.node,
      environment: { name: environment, action: 'access' },
      resource_group: environment,
      interruptible: false,
      retry: 0,
      variables: { GIT_STRATEGY: 'none' },
      script: [checkCommand(commandSha256), ...asKubeconfig(variable), ['node', COMMAND, 'rotate', '--itself', ...words].join(' ')],
    },
    holds: [{ variable, kind: 'masked variable', source: 'variable' }],
    target: environment,
  };
}
