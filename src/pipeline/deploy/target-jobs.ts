import type { Deployer } from './deployer';
import type { JsonObject } from '../../base/json';
import type { JobCredential } from '../credentials/job-credential';
import { generatedJob, type GeneratedJob, type JobOptions } from '../jobs/generated-job';
import type { Need, PipelineJob, Rule } from '../jobs/job';
import { implies } from '../jobs/rules';
import type { ScriptTime } from '../jobs/script-timeout';
import type { PipelinePlan, Target } from '../targets/pipeline-plan';

/**
 * The values that the jobs of a target depend on.
 */
export interface TargetJobs {
  readonly plan: PipelinePlan;
  readonly target: Target;
  readonly deployer: Deployer;
  readonly options: JobOptions;
}

/**
 * The job that deploys to a target, and the job that stops its environment, if it is stoppable.
 */
export function targetJobs(parts: TargetJobs): PipelineJob[] {
  const credential = parts.deployer.credential(parts.target);
  const deploy = generatedJob(deployJob(parts, credential));
  return parts.target.isStoppable ? [deploy, generatedJob(stopJob(parts, credential))] : [deploy];
}

function deployName({ name = 'deploy' }: JobOptions, { slug }: Target): string {
  return `${name}-${slug}`;
}

function stopName({ slug }: Target): string {
  return `stop-${slug}`;
}

function deployJob(parts: TargetJobs, credential: JobCredential): GeneratedJob {
  const { plan, target, deployer, options } = parts;
  const job = credentialJob(parts, credential);
  const synthesis = plan.synthInDeployJob?.(target);
  const source = synthesis ? plan.imageJob : plan.synthJob;
  return {
    ...job,
    name: deployName(options, target),
    isGated: source === undefined,
    scriptTime: synthesis ? withSynthesis(deployer.deployTime) : deployer.deployTime,
    comments: {
      ...job.comments,
      ...synthesis
        ? { '': 'The project\'s code and its npm packages run in this job, which has the credential of the cluster.' }
        : { 'variables.GIT_STRATEGY': 'The job uses only the artifact, and none of the project\'s code.' },
    },
    keywords: {
      ...job.keywords,
      rules: [...plan.exclusions, target.manual ? { ...target.rule, when: 'manual' } : target.rule],
      needs: [
        ...source === undefined ? [] : [{ job: source, artifacts: true }],
        ...promotionNeeds(plan.targets, target, options),
      ],
      environment: environmentOf(target),
      variables: synthesis ? { ...plan.imageVariables } : { GIT_STRATEGY: 'none' },
      script: [...synthesis ?? [], ...credential.setup, ...deployer.deploy(plan, target, credential.options)],
      artifacts: artifactsOf(parts),
    },
    dotenvVariables: deployer.reports?.variables,
    requiredVariables: synthesis && [plan.imageVariable, `${plan.imageVariable}_PIPELINE_ID`],
  };
}

/** Ten minutes more, for npm and the program. */
function withSynthesis({ needed, parts }: ScriptTime): ScriptTime {
  return { needed: needed + 600, parts: `10 minutes to synthesize, ${parts}` };
}

function stopJob(parts: TargetJobs, credential: JobCredential): GeneratedJob {
  const { plan, target, deployer, options } = parts;
  const job = credentialJob(parts, credential);
  const rule: Rule = { ...target.rule, when: 'manual', allow_failure: true };
  return {
    ...job,
    options: { ...options, needs: undefined },
    name: stopName(target),
    scriptTime: deployer.stopTime,
    comments: {
      ...job.comments,
      'rules': 'A person or GitLab starts this job. The pipeline does not wait for it.',
      'variables.GIT_STRATEGY': 'The branch may be deleted by then.',
    },
    keywords: {
      ...job.keywords,
      rules: [...plan.exclusions, rule],
      needs: [{ job: plan.synthJob ?? deployName(options, target), artifacts: true }],
      environment: { name: target.environment, action: 'stop' },
      variables: { GIT_STRATEGY: 'none' },
      script: [...credential.setup, ...deployer.stop(plan, target, credential.options)],
    },
  };
}

/** The parts that both jobs with the credential of a target share. */
function credentialJob({ target, deployer, options }: TargetJobs, { keywords, cleanup, credential }: JobCredential): Omit<GeneratedJob, 'name'> {
  return {
    options,
    comments: {
      ...deployer.comments,
      resource_group: 'GitLab runs one job of the group at a time.',
      retry: 'A retry could overwrite a newer deployment.',
      ...keywords.id_tokens && { timeout: 'The id_token expires after this time.' },
    },
    keywords: {
      ...keywords,
      stage: 'deploy',
      image: deployer.image,
      resource_group: target.environment,
      interruptible: false,
      retry: 0,
      after_script: cleanup.length === 0 ? undefined : [...cleanup],
    },
    credentials: [credential],
    targetEnvironment: target.environment,
  };
}

/**
 * The need of the target that the image must be deployed to first: `after`, or the target before it in the list. Review apps have none.
 * The need is optional when some pipelines deploy only to the later target.
 */
function promotionNeeds(targets: readonly Target[], target: Target, options: JobOptions): Need[] {
  if (target.isReview) return [];
  const standing = targets.filter(({ isReview }) => !isReview);
  const named = standing.find(({ environment }) => environment === target.after);
  const before = target.after === undefined ? standing[standing.indexOf(target) - 1] : named;
  if (before === undefined) return [];
  return [{ job: deployName(options, before), artifacts: false, ...!implies(target.rule, before.rule) && { optional: true } }];
}

function environmentOf(target: Target): JsonObject {
  const { environment: name, url, tier, autoStopIn, isStoppable } = target;
  return {
    name,
    ...url !== undefined && { url },
    ...tier !== undefined && { deployment_tier: tier },
    ...isStoppable && { on_stop: stopName(target) },
    ...autoStopIn !== undefined && { auto_stop_in: autoStopIn },
  };
}

function artifactsOf({ plan, target, deployer: { reports } }: TargetJobs): JsonObject | undefined {
  const { synthInDeployJob, manifestsExpireIn } = plan;
  const needsCommand = synthInDeployJob !== undefined && target.isStoppable;
  if (!needsCommand && !reports) return undefined;
  return {
    when: 'always',
    ...needsCommand && { paths: ['dist/$CI_PIPELINE_ID/'], expire_in: manifestsExpireIn },
    ...reports && { reports: { junit: reports.junit, dotenv: reports.dotenv } },
  };
}
