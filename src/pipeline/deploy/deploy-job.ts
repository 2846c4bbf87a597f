import { commandDeployer } from './command-deployer';
import type { Deployer } from './deployer';
import { kubectlDeployer } from './kubectl-deployer';
import { targetJobs } from './target-jobs';
import { userError } from '../../base/user-error';
import type { DeployCredential } from '../credentials/deploy-credential';
import type { PipelineJob } from '../jobs/job';
import type { JobOptions } from '../jobs/job-options';
import type { PipelinePlan } from '../targets/plan';
import type { Target } from '../targets/target';

/**
 * What the jobs have in common that deploy to a target or stop it.
 */
export interface DeployJobOptions extends JobOptions {
  /**
   * How long a rollout may take: `600s`, `10m`, `1h`.
   *
   * @default '10m'
   */
  readonly rolloutTimeout?: string;
}

/**
 * How `cdk8s-ci-deploy deploy` is run.
 */
export interface Cdk8sCiDeployOptions extends DeployJobOptions {
  /**
   * The Secret of the cluster that gets the project's deploy token (CI_DEPLOY_USER, CI_DEPLOY_PASSWORD), for the imagePullSecrets of the manifests.
   *
   * @default - none is made
   */
  readonly pullSecret?: string;

  /**
   * Whether the log shows the values of fields that change, but for those of Secrets.
   *
   * @default false
   */
  readonly diff?: boolean;

  /**
   * Whether there are reports: the objects and rollouts as JUnit, which GitLab shows with the pipeline, and what was deployed as variables for later jobs.
   *
   * @default true
   */
  readonly reports?: boolean;

  /**
   * More options of the command, each as one word: `--adopt`, `--allow-registry=registry.example.com`. See `cdk8s-ci-deploy deploy --help`.
   *
   * @default - none
   */
  readonly arguments?: string[];
}

/**
 * How kubectl is run.
 */
export interface KubectlDeployOptions extends DeployJobOptions {
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
  public static cdk8sCiDeploy(options: Cdk8sCiDeployOptions = {}): DeployJob {
    return new DeployJob(options, (credential) => commandDeployer(options, credential));
  }

  /**
   * By kubectl: the server checks the set, it is applied, and all of its rollouts are waited for.
   *
   * The price: what fails is left as it is, the cause is not named, what is no longer in the manifests stays in the cluster, and an older pipeline
   * may deploy over a newer one. There is no record, so an environment is stopped by deleting what its manifests name, claims of volumes too.
   *
   * @param options How the job runs. Its image has kubectl and a shell with awk, base64 and sha256sum.
   */
  public static kubectl(options: KubectlDeployOptions = {}): DeployJob {
    return new DeployJob(options, (credential) => kubectlDeployer(options, credential), 'kubectl');
  }

  private constructor(
    private readonly options: DeployJobOptions,
    private readonly deployer: (credential: DeployCredential) => Deployer,
    private readonly tool?: string,
  ) {}

  /**
   * @internal
   */
  public _jobs(plan: PipelinePlan, target: Target, credential: DeployCredential): PipelineJob[] {
    if (plan.synthesize && this.tool !== undefined && this.options.image === undefined) {
      throw userError({
        at: 'deployJob',
        given: 'the image of the job has no npm to synthesize with',
        expected: `an image with npm and ${this.tool}`,
        fix: 'give one as image, or synthesize in a job of its own (Synthesis.job)',
      });
    }
    return targetJobs({ plan, target, deployer: this.deployer(credential), options: this.options });
  }
}
