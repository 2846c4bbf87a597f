import { type Cdk8sCiDeployOptions, commandDeployer } from './command-deployer';
import type { Deployer, DeployJobOptions } from './deployer';
import { kubectlDeployer, type KubectlDeployOptions } from './kubectl-deployer';
import { targetJobs } from './target-jobs';
import { userError } from '../../base/user-error';
import type { DeployCredential } from '../credentials/deploy-credential';
import type { PipelineJob } from '../jobs/job';
import type { PipelinePlan, Target } from '../targets/pipeline-plan';

/**
 * The tool that applies the manifests to the cluster.
 */
export class DeployJob {
  /**
   * Deploys with the command of this library, `cdk8s-ci-deploy deploy`. It reports mistakes before the first change, and rolls back a failed deployment.
   *
   * @param options How the job runs.
   */
  public static cdk8sCiDeploy(options: Cdk8sCiDeployOptions = {}): DeployJob {
    return new DeployJob(options, (credential) => commandDeployer(options, credential));
  }

  /**
   * Deploys with kubectl: the server validates the manifests, kubectl applies them and waits for all rollouts.
   *
   * The risk: a failed deployment is not rolled back and its cause is not reported.
   * Objects that are no longer in the manifests stay in the cluster. An older pipeline may deploy over a newer one.
   * Without a release history, stopping an environment deletes all objects in its manifests, PersistentVolumeClaims too.
   *
   * @param options How the job runs. Its image needs kubectl and a shell with awk, base64 and sha256sum.
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
    if (plan.synthInDeployJob && this.tool !== undefined && this.options.image === undefined) {
      throw userError({
        at: 'deployJob',
        given: 'the default image of the job has no npm to synthesize with',
        expected: `an image with npm and ${this.tool}`,
        fix: 'set the option image, or synthesize in a job of its own (Synthesis.job)',
      });
    }
    return targetJobs({ plan, target, deployer: this.deployer(credential), options: this.options });
  }
}
