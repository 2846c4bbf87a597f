import { writeFileSync } from 'node:fs';
import type { BuildJob } from './build-job';
import { DeployCredential } from './deploy-credential';
import type { DeployEnvironment } from './deploy-environment';
import { DeployJob } from './deploy-job';
import { ImageBuild } from './image-build';
import type { JsonObject } from './private/json';
import { commandSha256 } from './private/pipeline/command-sha256';
import type { PipelineJob } from './private/pipeline/job';
import { pipelineYaml } from './private/pipeline/pipeline-yaml';
import type { PipelinePlan } from './private/pipeline/plan';
import { Synthesis } from './synthesis';

/**
 * What a pipeline is made of.
 */
export interface GitlabPipelineProps {
  /**
   * The name of the application, as in the programs that synthesize it.
   */
  readonly app: string;

  /**
   * Where it is deployed to, in this order.
   */
  readonly targets: DeployEnvironment[];

  /**
   * What is built before the image.
   *
   * @default - nothing, the Dockerfile does it all
   */
  readonly buildJob?: BuildJob;

  /**
   * How the image is built.
   *
   * @default ImageBuild.buildah()
   */
  readonly imageBuild?: ImageBuild;

  /**
   * The variable in which the image travels, that of `CiImage.fromGitlab`.
   *
   * @default 'IMAGE'
   */
  readonly imageVariable?: string;

  /**
   * Where manifests are synthesized.
   *
   * @default Synthesis.job()
   */
  readonly synthesis?: Synthesis;

  /**
   * How they are deployed.
   *
   * @default DeployJob.cdk8sCiDeploy()
   */
  readonly deployJob?: DeployJob;

  /**
   * What the deploy jobs reach the cluster with.
   *
   * @default DeployCredential.kubeconfigVariable()
   */
  readonly credential?: DeployCredential;

  /**
   * The stages in their order, where jobs of your own need others.
   *
   * @default - those that the jobs are in
   */
  readonly stages?: string[];

  /**
   * Keywords of the whole file that have no option here, as GitLab reads them. One that the file has already is refused.
   *
   * @default - none
   * @see https://docs.gitlab.com/ci/yaml/#global-keywords
   */
  readonly raw?: { [keyword: string]: any };
}

/**
 * A .gitlab-ci.yml that cannot disagree with the manifests and the credentials it uses, because it comes from the same values.
 */
export class GitlabPipeline {
  private readonly added: PipelineJob[] = [];

  public constructor(private readonly props: GitlabPipelineProps) {}

  /**
   * Adds a job of your own.
   *
   * @param name Its name.
   * @param keywords The job as GitLab reads it.
   */
  public addJob(name: string, keywords: { [keyword: string]: any }): void {
    const { stage = 'test', ...raw } = keywords as JsonObject;
    this.added.push({ name, keywords: { stage: String(stage) }, raw });
  }

  /**
   * The file's text.
   *
   * @throws When the pipeline would not do what it says.
   */
  public toYaml(): string {
    const jobs = this.jobs();
    return pipelineYaml({ jobs, stages: this.props.stages ?? stagesOf(jobs), raw: this.props.raw });
  }

  /**
   * Writes the file.
   *
   * @param path Where.
   */
  public write(path: string = '.gitlab-ci.yml'): void {
    writeFileSync(path, this.toYaml());
  }

  private jobs(): PipelineJob[] {
    const plan = this.plan();
    const { buildJob, imageBuild = ImageBuild.buildah(), synthesis = Synthesis.job(), deployJob = DeployJob.cdk8sCiDeploy() } = this.props;
    const credential = this.props.credential ?? DeployCredential.kubeconfigVariable();
    return [
      ...buildJob ? [buildJob._job(plan)] : [],
      imageBuild._job(plan),
      ...plan.synth === undefined ? [] : [synthesis._job(plan.synth, plan)],
      ...plan.targets.flatMap((target) => deployJob._jobs(plan, target, (target.credential ?? credential)._forCommand())),
      ...this.added,
    ];
  }

  private plan(): PipelinePlan {
    const { app, buildJob, imageBuild = ImageBuild.buildah(), imageVariable = 'IMAGE', synthesis = Synthesis.job() } = this.props;
    const targets = this.props.targets.map((target) => target._target());
    return {
      app,
      variable: imageVariable,
      targets,
      anyTarget: [...new Set(targets.map(({ rule }) => rule.if))].map((condition) => ({ if: condition })),
      build: buildJob?._name(),
      image: imageBuild._name(),
      synth: synthesis._name(),
      commandSha256: commandSha256(),
    };
  }
}

function stagesOf(jobs: PipelineJob[]): string[] {
  return [...new Set(jobs.map(({ keywords }) => keywords.stage))];
}
