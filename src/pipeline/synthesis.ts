import type { JobOptions } from './jobs/job-options';
import { userError } from '../base/user-error';
import { BUILDERS } from './jobs/builders';
import { COPY_COMMAND } from './jobs/command-file';
import { generatedJob } from './jobs/generated-job';
import { gitlabDuration, gitlabSeconds } from '../gitlab/duration';
import type { PipelineJob } from './jobs/job';
import { handOnManifests } from './targets/manifests';
import type { PipelinePlan } from './targets/plan';
import type { Target } from './targets/target';

/**
 * The commands that make manifests of the program.
 */
export interface SynthesisCommands {
  /**
   * The commands that write dist/<environment>/.
   *
   * @default ['npm ci', 'npm run synth']
   */
  readonly script?: string[];

  /**
   * How long GitLab keeps the manifests, as GitLab reads it. They are what a job that is started by hand deploys, and with them is the command that
   * stops an environment.
   *
   * @default - a week, or a day more than the environment that is stopped last
   */
  readonly expireIn?: string;
}

/**
 * How manifests are made of the program.
 */
export interface SynthesisOptions extends JobOptions, SynthesisCommands {
}

/**
 * Where manifests are synthesized.
 */
export class Synthesis {
  /**
   * In a job of its own without an environment, so that neither the project's code nor what `npm ci` installs ever runs beside a credential.
   *
   * @param options The commands.
   */
  public static job(options: SynthesisOptions = {}): Synthesis {
    return new Synthesis(options, false);
  }

  /**
   * In each deploy job: one job fewer, and no manifests to hand on.
   *
   * The price: whatever the project's code or one of its packages does, it does with the credential of the environment at hand.
   *
   * @param options The commands. How the job runs is said of the deploy job.
   */
  public static inDeployJob(options: SynthesisCommands = {}): Synthesis {
    return new Synthesis(options, true);
  }

  private constructor(private readonly options: SynthesisOptions, private readonly inDeploy: boolean) {
    if (options.expireIn !== undefined) gitlabSeconds('expireIn', options.expireIn);
  }

  /**
   * The name of the job, if it has one of its own.
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
    if (plan.synth === undefined) return undefined;
    return generatedJob({
      name: plan.synth,
      options: this.options,
      comments: {
        '': 'No environment here: neither the project\'s code nor its packages run beside a credential of the cluster.',
        'script': 'A folder of the pipeline\'s own: a deploy job without a checkout may find the files of an older one beside it.',
      },
      keywords: {
        stage: 'synth',
        image: this.options.image ?? BUILDERS.node,
        rules: plan.anyTarget,
        needs: plan.image === undefined ? [] : [{ job: plan.image, artifacts: true }],
        interruptible: true,
        variables: { ...plan.imageVariables },
        script: this._script(plan.targets),
        artifacts: { paths: ['dist/$CI_PIPELINE_ID/'], expire_in: plan.handedOnFor },
      },
      takes: [plan.variable, `${plan.variable}_PIPELINE_ID`],
    });
  }

  /**
   * @internal
   */
  public _script(targets: readonly Target[]): string[] {
    return [...this.options.script ?? ['npm ci', 'npm run synth'], ...handOnManifests(targets), COPY_COMMAND];
  }

  /**
   * At least until the last environment has been stopped, for which the command is needed.
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
      expected: `at least ${gitlabDuration(longest)}, after which an environment is stopped (autoStopIn) by the command that is with them`,
      fix: 'keep them longer, or leave it out',
    });
  }
}

/** Seconds; also how much later than it says GitLab may stop an environment. */
const DAY = 86_400;
