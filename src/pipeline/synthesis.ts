import { DEFAULT_IMAGES } from './jobs/default-images';
import { generatedJob, type JobOptions } from './jobs/generated-job';
import type { PipelineJob } from './jobs/job';
import { COPY_COMMAND } from './jobs/job-files';
import { moveManifests } from './targets/manifests';
import type { PipelinePlan, Target } from './targets/pipeline-plan';
import { userError } from '../base/user-error';
import { gitlabDuration, gitlabSeconds } from '../gitlab/duration';

/**
 * The commands that synthesize the manifests.
 */
export interface SynthesisCommands {
  /**
   * The commands that write dist/<environment>/.
   *
   * @default ['npm ci', 'npm run synth']
   */
  readonly script?: string[];

  /**
   * How long GitLab keeps the artifact, in GitLab's syntax.
   * Manual deploy jobs need its manifests, and jobs that stop an environment need its command.
   *
   * @default - a week, or a day more than the environment that is stopped last
   */
  readonly expireIn?: string;
}

/**
 * Options of a job that synthesizes the manifests.
 */
export interface SynthesisOptions extends JobOptions, SynthesisCommands {
}

/**
 * The job that synthesizes the manifests.
 */
export class Synthesis {
  /**
   * Synthesizes in a job of its own without an environment.
   * The project's code and the packages of `npm ci` run without a credential of the cluster.
   *
   * @param options The commands.
   */
  public static job(options: SynthesisOptions = {}): Synthesis {
    return new Synthesis(options, false);
  }

  /**
   * Synthesizes in each deploy job, which saves a job.
   *
   * The risk: the project's code and its npm packages can read the environment's credential.
   *
   * @param options The commands. The other options are those of the deploy job.
   */
  public static inDeployJob(options: SynthesisCommands = {}): Synthesis {
    return new Synthesis(options, true);
  }

  private constructor(private readonly options: SynthesisOptions, private readonly inDeploy: boolean) {
    if (options.expireIn !== undefined) gitlabSeconds('expireIn', options.expireIn);
  }

  /**
   * The name of the job that synthesizes, if there is one.
   *
   * @internal
   */
  public _name(): string | undefined {
    return this.inDeploy ? undefined : this.options.name ?? 'synth';
  }

  /**
   * @internal
   */
  public _job(plan: PipelinePlan): PipelineJob | undefined {
    if (plan.synthJob === undefined) return undefined;
    return generatedJob({
      name: plan.synthJob,
      options: this.options,
      isGated: plan.imageJob === undefined,
      comments: {
        '': 'This job has no environment, so the project\'s code runs without a credential of the cluster.',
        'script': 'The folder has the pipeline\'s id: a deploy job\'s working copy may still have the files of an older pipeline.',
      },
      keywords: {
        stage: 'synth',
        image: this.options.image ?? DEFAULT_IMAGES.node,
        rules: plan.rules,
        needs: plan.imageJob === undefined ? [] : [{ job: plan.imageJob, artifacts: true }],
        interruptible: true,
        variables: { ...plan.imageVariables },
        script: this._script(plan.targets),
        artifacts: { paths: ['dist/$CI_PIPELINE_ID/'], expire_in: plan.manifestsExpireIn },
      },
      requiredVariables: [plan.imageVariable, `${plan.imageVariable}_PIPELINE_ID`],
    });
  }

  /**
   * @internal
   */
  public _script(targets: readonly Target[]): string[] {
    return [...this.options.script ?? ['npm ci', 'npm run synth'], ...moveManifests(targets), COPY_COMMAND];
  }

  /**
   * The artifact must not expire before the last environment is stopped, because the job that stops it needs the command.
   *
   * @internal
   */
  public _expireIn(targets: readonly Target[]): string {
    const { expireIn } = this.options;
    const longest = Math.max(0, ...targets.map(({ autoStopIn }) => (autoStopIn === undefined ? 0 : gitlabSeconds('autoStopIn', autoStopIn))));
    if (expireIn === undefined) return longest + DAY <= 7 * DAY ? '1 week' : gitlabDuration(longest + DAY);
    if (gitlabSeconds('expireIn', expireIn) >= longest) return expireIn;
    throw userError({
      at: 'expireIn',
      given: `the manifests are kept for ${expireIn}`,
      expected: `at least ${gitlabDuration(longest)}, after which an environment is stopped (autoStopIn) by the command in the same artifact`,
      fix: `set expireIn to '${gitlabDuration(longest + DAY)}', or remove it`,
    });
  }
}

/** In seconds. GitLab may stop an environment up to a day late. */
const DAY = 86_400;
