import type { JobOptions } from './job-options';
import { BUILDERS } from './private/pipeline/builders';
import { commonKeywords } from './private/pipeline/common-keywords';
import type { PipelineJob } from './private/pipeline/job';
import type { PipelinePlan } from './private/pipeline/plan';

/**
 * How manifests are made of the program.
 */
export interface SynthesisOptions extends JobOptions {
  /**
   * The commands that write dist/<environment>/.
   *
   * @default ['npm ci', 'npm run synth']
   */
  readonly script?: string[];

  /**
   * How long GitLab keeps the manifests, as GitLab reads it. They are what a job that is started by hand deploys.
   *
   * @default '1 week'
   */
  readonly expireIn?: string;
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
   * In each deploy job: one job and one artifact fewer.
   *
   * The price: whatever the project's code or one of its packages does, it does with the credential of the environment at hand.
   *
   * @param options The commands. `expireIn` has no meaning here.
   */
  public static inDeployJob(options: SynthesisOptions = {}): Synthesis {
    return new Synthesis(options, true);
  }

  private constructor(private readonly options: SynthesisOptions, private readonly inDeploy: boolean) {}

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
  public _job(name: string, plan: PipelinePlan): PipelineJob {
    const { image = BUILDERS.node, expireIn = '1 week', raw } = this.options;
    return {
      name,
      comments: { '': 'No environment here: neither the project\'s code nor its packages run beside a credential of the cluster.' },
      keywords: {
        ...commonKeywords({ ...this.options, image }),
        stage: 'synth',
        rules: plan.anyTarget,
        needs: plan.image === undefined ? [] : [{ job: plan.image, artifacts: true }],
        script: [
          ...this._script(),
          'mkdir "dist/$CI_PIPELINE_ID"',
          `mv ${plan.targets.map(({ folder }) => `dist/${folder}`).join(' ')} "dist/$CI_PIPELINE_ID"`,
          'cp node_modules/cdk8s-ci-deploy/lib/cli/main.js "dist/$CI_PIPELINE_ID/cdk8s-ci-deploy.js"',
        ],
        artifacts: { paths: ['dist/$CI_PIPELINE_ID/'], expire_in: expireIn },
      },
      raw,
      takes: [plan.variable, `${plan.variable}_PIPELINE_ID`],
    };
  }

  /**
   * @internal
   */
  public _script(): string[] {
    return this.options.script ?? ['npm ci', 'npm run synth'];
  }
}
