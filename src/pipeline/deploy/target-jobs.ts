import type { Deployer } from './deployer';
import { promotion } from './promotion';
import type { JsonObject } from '../../base/json';
import type { CredentialUse } from '../credentials/credential-use';
import { generatedJob, GeneratedJob } from '../jobs/generated-job';
import type { PipelineJob, Rule } from '../jobs/job';
import type { JobOptions } from '../jobs/job-options';
import type { PipelinePlan } from '../targets/plan';
import type { Target } from '../targets/target';

/**
 * What the jobs of a target are made of.
 */
export interface TargetJobs {
  readonly plan: PipelinePlan;
  readonly target: Target;
  readonly deployer: Deployer;
  readonly options: JobOptions;
}

/**
 * The job that deploys, and the one that stops the environment, if there is one.
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

function deployJob(parts: TargetJobs, credential: CredentialUse): GeneratedJob {
  const { plan, target, deployer, options } = parts;
  const job = eitherJob(parts, credential);
  const synthesize = plan.synthesize?.(target);
  const source = synthesize ? plan.image : plan.synth;
  const before = promotion(plan.targets, target);
  return {
    ...job,
    name: deployName(options, target),
    comments: {
      ...job.comments,
      ...synthesize
        ? { '': 'The project\'s code and its packages run beside the credential of the cluster here.' }
        : { 'variables.GIT_STRATEGY': NO_CHECKOUT },
    },
    keywords: {
      ...job.keywords,
      rules: [...plan.notHere, target.manual ? { ...target.rule, when: 'manual' } : target.rule],
      needs: [
        ...source === undefined ? [] : [{ job: source, artifacts: true }],
        ...before === undefined ? [] : [{ job: deployName(options, before.target), artifacts: false, ...before.isOptional && { optional: true } }],
      ],
      environment: environmentOf(target),
      variables: synthesize ? { ...plan.imageVariables } : { GIT_STRATEGY: 'none' },
      script: [...synthesize ?? [], ...credential.before, ...deployer.deploy(plan, target, credential.options)],
      artifacts: artifactsOf(parts),
    },
    gives: deployer.reports?.gives,
    takes: synthesize && [plan.variable, `${plan.variable}_PIPELINE_ID`],
  };
}

function stopJob(parts: TargetJobs, credential: CredentialUse): GeneratedJob {
  const { plan, target, deployer, options } = parts;
  const job = eitherJob(parts, credential);
  const rule: Rule = { ...target.rule, when: 'manual', allow_failure: true };
  return {
    ...job,
    options: { ...options, needs: undefined },
    name: stopName(target),
    comments: {
      ...job.comments,
      'rules': 'Started by hand, or by GitLab. The pipeline does not wait for it.',
      'variables.GIT_STRATEGY': 'The branch may be gone by then.',
    },
    keywords: {
      ...job.keywords,
      rules: [...plan.notHere, rule],
      needs: [{ job: plan.synth ?? deployName(options, target), artifacts: true }],
      environment: { name: target.environment, action: 'stop' },
      variables: { GIT_STRATEGY: 'none' },
      script: [...credential.before, ...deployer.stop(plan, target, credential.options)],
    },
  };
}

/** What the jobs have in common that hold the credential of a target. */
function eitherJob({ target, deployer, options }: TargetJobs, { keywords, after, holds }: CredentialUse): Omit<GeneratedJob, 'name'> {
  return {
    options,
    comments: {
      ...deployer.comments,
      resource_group: 'One job at a time; another one waits.',
      retry: 'A deployment that has failed is not simply repeated: someone looks first.',
      ...keywords.id_tokens && { timeout: 'The token ends with it.' },
    },
    keywords: {
      ...keywords,
      stage: 'deploy',
      image: deployer.image,
      resource_group: target.environment,
      interruptible: false,
      retry: 0,
      timeout: deployer.timeout,
      after_script: after.length === 0 ? undefined : [...after],
    },
    holds: [holds],
    target: target.environment,
  };
}

const NO_CHECKOUT = 'No code of the project: only what was handed on.';

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
  const { synthesize, handedOnFor } = plan;
  const isHandedOn = synthesize !== undefined && target.isStoppable;
  if (!isHandedOn && !reports) return undefined;
  return {
    when: 'always',
    ...isHandedOn && { paths: ['dist/$CI_PIPELINE_ID/'], expire_in: handedOnFor },
    ...reports && { reports: { junit: reports.junit, dotenv: reports.dotenv } },
  };
}
