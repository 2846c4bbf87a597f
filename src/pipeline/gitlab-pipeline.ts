import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { BuildJob } from './build-job';
import { checkPipeline, checkTargetsOf } from './checks/check-pipeline';
import { commandSha256 } from './command-sha256';
import { componentOf, componentYaml } from './component/component';
import { APP_PLACEHOLDER, withPlaceholders } from './component/placeholders';
import { DeployCredential } from './credentials/deploy-credential';
import { DeployJob } from './deploy/deploy-job';
import { ImageBuild } from './images/image-build';
import { PipelineFile, pipelineYaml } from './jobs/pipeline-yaml';
import { anyOf } from './jobs/rule-values';
import type { CredentialRotation } from './rotation/credential-rotation';
import { Synthesis } from './synthesis';
import type { DeployTarget } from './targets/deploy-target';
import type { JsonObject } from '../base/json';
import { userError, show } from '../base/user-error';
import { ciVariables } from '../gitlab/ci-variables';
import type { PipelineJob, Rule } from './jobs/job';
import { modelOf } from './model/model-of';
import { writeProgramOutput, PROGRAM_OUTPUT_VARIABLE } from './model/program-output';
import { keptOut } from './rotation/rotation-pipelines';
import type { PipelinePlan } from './targets/plan';
import type { Target } from './targets/target';
import { workflowOf } from './workflow';

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
  readonly targets: DeployTarget[];

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
   * How the credentials are replaced that are kept in variables.
   *
   * @default - by hand, with `cdk8s-ci-deploy rotate`
   */
  readonly rotation?: CredentialRotation;

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
    if (typeof stage !== 'string') throw userError({ at: `job ${name}`, given: `its stage is ${show(stage)}`, expected: 'the name of a stage', fix: 'correct it' });
    this.added.push({ name, keywords: { stage }, raw });
  }

  /**
   * The file's text.
   *
   * @throws When GitLab would refuse the pipeline, or it would not do what it says: all that is wrong at once.
   */
  public toYaml(): string {
    return pipelineYaml(this.file(this.plan()));
  }

  /**
   * Writes the file. In a program that `cdk8s-ci-deploy pipeline` runs, the command gets it in place of the file, to compare or to draw it.
   *
   * @param path Where, from the current folder.
   */
  public write(path: string = '.gitlab-ci.yml'): void {
    this.deliver(path, pipelineYaml);
  }

  /**
   * The same as a component, for a platform team to publish and for projects to include: what differs between these are inputs. The application's name
   * and namespaces have to be said; environments, images, tags of runners, stages and a prefix for the names of jobs may be, and are as here by default.
   *
   * A project that includes it has the version of this library that the component was made with, or says the SHA-256 of another one's command.
   *
   * @see https://docs.gitlab.com/ci/components/
   * @throws As `toYaml` does.
   */
  public toComponentYaml(): string {
    const { targets, commandSha256: sha256 } = this.plan();
    const plan = this.planOf(APP_PLACEHOLDER, targets.map(withPlaceholders));
    return componentYaml(componentOf(this.file(plan), targets, sha256));
  }

  /**
   * Writes the component's file, or hands it over, as `write` does.
   *
   * @param path Where, from the current folder. Its name is that of the component.
   */
  public writeComponent(path: string = 'templates/deploy.yml'): void {
    this.deliver(path, () => this.toComponentYaml());
  }

  private deliver(path: string, textOf: (file: PipelineFile) => string): void {
    const plan = this.plan();
    const file = this.file(plan);
    const yaml = textOf(file);
    const command = ciVariables()[PROGRAM_OUTPUT_VARIABLE];
    if (command) return writeProgramOutput(command, { path: resolve(path), yaml, model: modelOf(plan, file.stages, file.jobs) });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, yaml);
  }

  private file(plan: PipelinePlan): PipelineFile {
    const { raw = {}, stages } = this.props;
    const { app, targets } = plan;
    const jobs = this.jobs(plan);
    const added = this.added.map((job) => keptOut(job, plan.notHere));
    const file = { stages: stages ?? stagesOf([...jobs, ...added]), workflow: workflowOf(targets, raw), jobs: [...jobs, ...added], raw };
    checkPipeline({ ...file, app, targets, jobs, added });
    return file;
  }

  private jobs(plan: PipelinePlan): PipelineJob[] {
    const { buildJob, imageBuild, synthesis, deployJob, credential, rotation } = this.choices();
    const credentialAt = (target: Target) => target.credential ?? credential;
    const kept = plan.targets.flatMap((target) => {
      const variable = credentialAt(target)._keptIn;
      return variable === undefined ? [] : [{ target, variable }];
    });
    return [
      buildJob?._job(plan),
      imageBuild._job(plan),
      synthesis._job(plan),
      ...plan.targets.flatMap((target) => deployJob._jobs(plan, target, credentialAt(target))),
      ...rotation?._jobs(plan, kept) ?? [],
    ].filter((job) => job !== undefined);
  }

  private plan(): PipelinePlan {
    const targets = this.props.targets.map((target) => target._target());
    checkTargetsOf({ app: this.props.app, targets });
    return this.planOf(this.props.app, targets);
  }

  private planOf(app: string, targets: readonly Target[]): PipelinePlan {
    const { buildJob, imageBuild, imageVariable = 'IMAGE', synthesis, rotation } = this.choices();
    const notHere: Rule[] = rotation ? [{ if: rotation._condition, when: 'never' }] : [];
    const synth = synthesis._name();
    return {
      app,
      variable: imageVariable,
      imageVariables: imageBuild._variables(imageVariable),
      targets,
      notHere,
      anyTarget: [...notHere, ...anyOf(targets.map(({ rule }) => rule))],
      build: buildJob?._name(),
      image: imageBuild._name(),
      synth,
      synthesize: synth === undefined ? (target) => synthesis._script([target]) : undefined,
      handedOnFor: synthesis._expireIn(targets),
      commandSha256: commandSha256(),
    };
  }

  private choices() {
    return {
      ...this.props,
      imageBuild: this.props.imageBuild ?? ImageBuild.buildah(),
      synthesis: this.props.synthesis ?? Synthesis.job(),
      deployJob: this.props.deployJob ?? DeployJob.cdk8sCiDeploy(),
      credential: this.props.credential ?? DeployCredential.kubeconfigVariable(),
    };
  }
}

/** Those at the edges are there anyway. */
function stagesOf(jobs: readonly PipelineJob[]): string[] {
  return [...new Set(jobs.map(({ keywords }) => keywords.stage))].filter((stage) => stage !== '.pre' && stage !== '.post');
}
