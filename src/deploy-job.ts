import type { JobOptions } from './job-options';
import { BUILDERS } from './private/pipeline/builders';
import { commonKeywords } from './private/pipeline/common-keywords';
import type { CredentialUse } from './private/pipeline/credential-use';
import type { PipelineJob } from './private/pipeline/job';
import type { PipelinePlan } from './private/pipeline/plan';
import { appAt, Target } from './private/pipeline/target';

/**
 * What the jobs have in common that deploy to a target or stop it.
 */
export interface DeployJobOptions extends JobOptions {
}

/**
 * How manifests get into the cluster.
 */
export class DeployJob {
  /**
   * By this library's own command, `cdk8s-ci-deploy deploy`: refused before the first write, or undone.
   *
   * @param options How the job runs.
   */
  public static cdk8sCiDeploy(options: DeployJobOptions = {}): DeployJob {
    return new DeployJob(options);
  }

  private constructor(private readonly options: DeployJobOptions) {}

  /**
   * @internal
   */
  public _jobs(plan: PipelinePlan, target: Target, credential: CredentialUse): PipelineJob[] {
    const { image = BUILDERS.node, timeout = '40 minutes', raw } = this.options;
    const command = '"dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.js"';
    return [{
      name: `deploy-${target.slug}`,
      comments: { resource_group: 'One job at a time; another one waits.' },
      keywords: {
        ...commonKeywords({ ...this.options, image, timeout }),
        stage: 'deploy',
        rules: [target.manual ? { ...target.rule, when: 'manual' } : target.rule],
        needs: plan.synth === undefined ? [] : [{ job: plan.synth, artifacts: true }],
        variables: { GIT_STRATEGY: 'none', ...credential.keywords.variables },
        id_tokens: credential.keywords.id_tokens,
        environment: { name: target.environment },
        resource_group: target.environment,
        interruptible: false,
        script: [
          `echo "${plan.commandSha256}  "${command} | sha256sum -c -`,
          ...credential.before,
          ['node', command, 'deploy', `"dist/$CI_PIPELINE_ID/${target.folder}"`, '--app', appAt(plan.app, target), ...credential.options].join(' '),
        ],
        after_script: credential.after.length === 0 ? undefined : [...credential.after],
      },
      raw,
      holds: credential.holds,
      target: target.environment,
    }];
  }
}
