import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { BuildJob } from './build-job';
import { checkPipeline, checkTargets } from './checks/check-pipeline';
import { commandSha256 } from './command-sha256';
import { componentOf, componentYaml } from './component/component';
import { APP_PLACEHOLDER, withPlaceholders } from './component/name-inputs';
import { DeployCredential } from './credentials/deploy-credential';
import { DeployJob } from './deploy/deploy-job';
import { ImageBuild } from './images/image-build';
import type { PipelineJob, Rule } from './jobs/job';
import { checkedJobPrefix, withJobPrefix } from './jobs/job-prefix';
import { type PipelineFile, type PipelineWorkflow, pipelineYaml } from './jobs/pipeline-yaml';
import { unionOfRules } from './jobs/rules';
import { pipelineModel } from './model/pipeline-model';
import { PROGRAM_OUTPUT_VARIABLE, writeProgramOutput } from './model/program-output';
import { stagesOf, withGates } from './own-jobs';
import type { CredentialRotation } from './rotation/credential-rotation';
import { withExclusions } from './rotation/rotation-jobs';
import { Synthesis } from './synthesis';
import type { DeployTarget } from './targets/deploy-target';
import type { PipelinePlan, Target } from './targets/pipeline-plan';
import type { JsonObject } from '../base/json';
import { userError, show } from '../base/user-error';
import { ciVariables } from '../gitlab/ci-variables';

/**
 * Properties of a pipeline.
 */
export interface GitlabPipelineProps {
  /**
   * The name of the application, as in the programs that synthesize it.
   */
  readonly app: string;

  /**
   * The environments that the pipeline deploys to, in this order.
   */
  readonly targets: DeployTarget[];

  /**
   * The job that builds the content of the image.
   *
   * @default - nothing, the Dockerfile does it all
   */
  readonly buildJob?: BuildJob;

  /**
   * The job that builds the image.
   *
   * @default ImageBuild.buildah()
   */
  readonly imageBuild?: ImageBuild;

  /**
   * The variable that passes the image reference from job to job, as in `CiImage.fromGitlab`.
   *
   * @default 'IMAGE'
   */
  readonly imageVariable?: string;

  /**
   * The job that synthesizes the manifests.
   *
   * @default Synthesis.job()
   */
  readonly synthesis?: Synthesis;

  /**
   * The tool that applies the manifests to the cluster.
   *
   * @default DeployJob.cdk8sCiDeploy()
   */
  readonly deployJob?: DeployJob;

  /**
   * The credential of deploy jobs for the cluster.
   *
   * @default DeployCredential.kubeconfigVariable()
   */
  readonly credential?: DeployCredential;

  /**
   * The rotation of credentials that are stored in CI/CD variables.
   *
   * @default - by hand, with `cdk8s-ci-deploy rotate`
   */
  readonly rotation?: CredentialRotation;

  /**
   * Goes in front of the name of each job, those of your own too: `web-`. Inside the program, jobs have their names without it.
   * Pipelines that one .gitlab-ci.yml includes need different prefixes, because GitLab merges jobs of the same name.
   *
   * @default - none
   */
  readonly jobPrefix?: string;

  /**
   * The stages in their order.
   *
   * @default - those that the jobs are in: `build`, your own, `image`, `synth`, `deploy`. A stage of your own comes later when its jobs need a later job,
   * and after `deploy` when they have an environment or run after a failure
   */
  readonly stages?: string[];

  /**
   * Global keywords without an option here, in GitLab's syntax. A keyword that the file already has cannot be set.
   *
   * @default - none
   * @see https://docs.gitlab.com/ci/yaml/#global-keywords
   */
  readonly raw?: { [keyword: string]: any };
}

/**
 * A .gitlab-ci.yml that builds an image, synthesizes the manifests and deploys them to each target.
 *
 * It comes from the same values as the manifests and the credentials, so their names always match.
 */
export class GitlabPipeline {
  private readonly added: PipelineJob[] = [];

  public constructor(private readonly props: GitlabPipelineProps) {}

  /**
   * Adds a job of your own. In a stage before the image it must succeed before the image is built, unless it has `allow_failure` or is optional.
   *
   * @param name The name of the job.
   * @param keywords The keywords of the job, in GitLab's syntax. The default stage is `test`, which comes before the image.
   */
  public addJob(name: string, keywords: { [keyword: string]: any }): void {
    const { stage = 'test', ...raw } = keywords as JsonObject;
    if (typeof stage !== 'string') {
      throw userError({ at: `job ${name}`, given: `its stage is ${show(stage)}`, expected: 'the name of a stage', fix: 'set stage to one name, such as "test"' });
    }
    this.added.push({ name, keywords: { stage }, raw });
  }

  /**
   * The text of the file.
   *
   * @throws When GitLab would reject the pipeline, or accept it although it would not work. The error lists all problems.
   */
  public toYaml(): string {
    return pipelineYaml(this.file(this.plan()));
  }

  /**
   * Writes the file. In a program that `cdk8s-ci-deploy pipeline` runs, the command gets the text instead, to compare or to draw it.
   *
   * @param path The path of the file, from the current folder.
   */
  public write(path: string = '.gitlab-ci.yml'): void {
    this.deliver(path, pipelineYaml);
  }

  /**
   * The pipeline as a CI/CD component, which a platform team publishes and projects include.
   *
   * The differences between projects are inputs. The application's name and the namespaces are required.
   * Environments, images, runner tags, stages and a prefix for job names are optional, with this pipeline's values as defaults.
   *
   * The project needs the version of this library that wrote the component. With another version, it sets the input `command-sha256`.
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
   * Writes the file of the component, or passes it to the command, as `write` does.
   *
   * @param path The path of the file, from the current folder. The name of the file is the name of the component.
   */
  public writeComponent(path: string = 'templates/deploy.yml'): void {
    this.deliver(path, () => this.toComponentYaml());
  }

  private deliver(path: string, textOf: (file: PipelineFile) => string): void {
    const plan = this.plan();
    const file = this.file(plan);
    const yaml = textOf(file);
    const output = ciVariables()[PROGRAM_OUTPUT_VARIABLE];
    if (output) return writeProgramOutput(output, { path: resolve(path), yaml, model: pipelineModel(plan, file.stages, file.jobs) });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, yaml);
  }

  private file(plan: PipelinePlan): PipelineFile {
    const { raw = {}, jobPrefix = '' } = this.props;
    const { app, targets } = plan;
    const parts = { jobs: this.jobs(plan), added: this.added.map((job) => withExclusions(job, plan.exclusions)), raw };
    const stages = this.props.stages ?? stagesOf(parts);
    const all = withJobPrefix([...withGates(parts, stages), ...parts.added], checkedJobPrefix(jobPrefix));
    const file = { stages, workflow: workflowOf(targets, raw), jobs: all, raw };
    checkPipeline({ ...file, app, targets, jobs: all.slice(0, parts.jobs.length), added: all.slice(parts.jobs.length) });
    return file;
  }

  private jobs(plan: PipelinePlan): PipelineJob[] {
    const { buildJob, imageBuild, synthesis, deployJob, credential, rotation } = this.choices();
    const credentialAt = (target: Target) => target.credential ?? credential;
    const rotated = plan.targets.flatMap((target) => {
      const variable = credentialAt(target)._storedIn;
      return variable === undefined ? [] : [{ target, variable }];
    });
    return [
      buildJob?._job(plan),
      imageBuild._job(plan),
      synthesis._job(plan),
      ...plan.targets.flatMap((target) => deployJob._jobs(plan, target, credentialAt(target))),
      ...rotation?._jobs(plan, rotated) ?? [],
    ].filter((job) => job !== undefined);
  }

  private plan(): PipelinePlan {
    const targets = this.props.targets.map((target) => target._target());
    checkTargets({ app: this.props.app, targets });
    return this.planOf(this.props.app, targets);
  }

  private planOf(app: string, targets: readonly Target[]): PipelinePlan {
    const { buildJob, imageBuild, imageVariable = 'IMAGE', synthesis, rotation } = this.choices();
    const exclusions: Rule[] = rotation ? [{ if: rotation._condition, when: 'never' }] : [];
    const synthJob = synthesis._name();
    return {
      app,
      imageVariable,
      imageVariables: imageBuild._variables(imageVariable),
      targets,
      exclusions,
      rules: [...exclusions, ...unionOfRules(targets.map(({ rule }) => rule))],
      buildJob: buildJob?._name(),
      imageJob: imageBuild._name(),
      synthJob,
      synthInDeployJob: synthJob === undefined ? (target) => synthesis._script([target]) : undefined,
      manifestsExpireIn: synthesis._expireIn(targets),
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

/**
 * The conditions for a pipeline when there are review apps: merge requests get a pipeline of their own.
 * A branch with an open merge request then gets no second pipeline, unless the branch is deployed.
 *
 * @see https://docs.gitlab.com/ci/yaml/workflow/#switch-between-branch-pipelines-and-merge-request-pipelines
 */
function workflowOf(targets: readonly Target[], raw: { readonly [keyword: string]: unknown }): PipelineWorkflow | undefined {
  if (!targets.some(({ isReview }) => isReview)) return undefined;
  if (raw.workflow !== undefined) {
    throw userError({
      at: 'raw',
      given: 'it has workflow',
      expected: 'no workflow beside review apps, which need the one that the pipeline writes',
      fix: 'remove workflow from raw',
    });
  }
  const deployed = targets.filter(({ isReview }) => !isReview).map(({ rule }) => rule);
  return {
    rules: [
      { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
      ...unionOfRules(deployed),
      { if: '$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS', when: 'never' },
      { when: 'always' },
    ],
  };
}
