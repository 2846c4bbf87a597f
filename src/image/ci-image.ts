import { ImageReference } from './image-reference';
import { GivenImage, checkedImage } from './policy';
import { userError, show } from '../base/user-error';
import { CiVariables, ciVariables, isCi } from '../gitlab/ci-variables';

/**
 * The rules that an image must satisfy before it is deployed.
 */
export interface ImagePolicy {
  /**
   * Whether mutable tags are allowed: no tag, `latest`, and the name of the branch that is built. References with a digest are always allowed.
   *
   * The risk of `true`: the cluster may run another image than the one that was tested, and a new deployment may change nothing.
   *
   * @default false
   */
  readonly allowMutableTag?: boolean;

  /**
   * Whether the reference must have a digest.
   *
   * @default false
   */
  readonly requireDigest?: boolean;

  /**
   * The registries (`registry.example.com`) or repositories (`registry.example.com/group/project`) that the image may come from.
   * Repositories below them are allowed, too.
   *
   * @default - in a CI job, the project's own registry (CI_REGISTRY_IMAGE) for images from variables; everything otherwise
   */
  readonly allowedRegistries?: string[];
}

/**
 * Options for an image from a variable.
 */
export interface EnvironmentImageOptions extends ImagePolicy {
  /**
   * The CI/CD variables. Programs in Python, Go and other languages pass them here to change them: the library's process sees only
   * the variables that were set when it started.
   *
   * @default - the variables of the process
   */
  readonly ciVariables?: { [name: string]: string };
}

/**
 * Options for an image from the image job of a GitLab pipeline.
 */
export interface GitlabImageOptions extends EnvironmentImageOptions {
  /**
   * The variable of the dotenv report that contains the reference. `<variable>_PIPELINE_ID` contains the pipeline's id.
   *
   * @default 'IMAGE'
   */
  readonly variable?: string;

  /**
   * The reference to use outside CI, where no image job ran. It is never used in a CI job.
   *
   * @default - the variable must be set, outside CI as well
   */
  readonly local?: string;
}

/**
 * The image that a `CiImage` found.
 */
export interface ImageLookup {
  /**
   * The image.
   */
  readonly reference: ImageReference;

  /**
   * The source of the image, for people: `variable IMAGE of pipeline 4711`, `local stand-in` or `given in the program`.
   */
  readonly source: string;
}

/**
 * The source of a workload's image.
 *
 * The image is looked up when manifests are rendered. So a program compiles and runs on a workstation although its image exists only in CI.
 * cdk8s resolves it wherever it stands in place of an image.
 */
export class CiImage {
  /**
   * The image that an earlier job of this pipeline built. Its dotenv report contains
   * `IMAGE=<reference>` and `IMAGE_PIPELINE_ID=$CI_PIPELINE_ID`.
   *
   * The reference cannot be computed in a later job, because CI_JOB_ID differs in every job.
   * In a CI job, both variables must come from this pipeline: a project variable of the same name silently overrides a dotenv report.
   *
   * @see https://docs.gitlab.com/ci/variables/#cicd-variable-precedence
   */
  public static fromGitlab(options: GitlabImageOptions = {}): CiImage {
    const variable = options.variable ?? 'IMAGE';
    const { local } = options;
    return new CiImage(options, (variables) =>
      fromReport(variable, variables) ?? fromLocal(local, variables) ?? missing(variable, variables, local === undefined));
  }

  /**
   * The image that an environment variable names. Its pipeline is not checked.
   *
   * @param name The variable.
   * @param options The rules for the image.
   */
  public static fromEnvironment(name: string, options: EnvironmentImageOptions = {}): CiImage {
    return new CiImage(options, (variables) =>
      fromVariable(name, variables, `variable ${name}`) ?? missing(name, variables, false));
  }

  /**
   * An image that the program names.
   *
   * @param reference The reference.
   * @param policy The rules for the image.
   */
  public static of(reference: string, policy: ImagePolicy = {}): CiImage {
    return new CiImage(policy, () => ({ at: 'image', text: reference, source: 'given in the program', trusted: true }));
  }

  private readonly policy: EnvironmentImageOptions;

  private constructor(policy: EnvironmentImageOptions, private readonly find: (variables: CiVariables) => FoundImage) {
    this.policy = { ...policy, allowedRegistries: policy.allowedRegistries && [...policy.allowedRegistries] };
  }

  /**
   * Looks up the image and its source.
   *
   * @throws When the image is missing or does not satisfy the policy.
   */
  public lookup(): ImageLookup {
    const variables = ciVariables(this.policy.ciVariables);
    const found = this.find(variables);
    return { reference: checkedImage(found, this.policy, variables), source: found.source };
  }

  /**
   * The reference as a text. cdk8s calls this method when it renders a manifest.
   *
   * @throws When the image is missing or does not satisfy the policy.
   */
  public resolve(): string {
    return this.lookup().reference.toString();
  }
}

interface FoundImage extends GivenImage {
  readonly source: string;
}

function fromReport(variable: string, variables: CiVariables): FoundImage | undefined {
  const pipeline = variables.CI_PIPELINE_ID;
  const source = pipeline ? `variable ${variable} of pipeline ${pipeline}` : `variable ${variable}`;
  const image = fromVariable(variable, variables, source);
  if (image && isCi(variables)) checkPipeline(variable, variables);
  return image;
}

function fromVariable(name: string, variables: CiVariables, source: string): FoundImage | undefined {
  const text = variables[name];
  return text === undefined ? undefined : { at: `variable ${name}`, text, source, trusted: false };
}

function fromLocal(local: string | undefined, variables: CiVariables): FoundImage | undefined {
  if (local === undefined || isCi(variables)) return undefined;
  return { at: 'local', text: local, source: 'local stand-in', trusted: true };
}

function missing(variable: string, variables: CiVariables, suggestLocal: boolean): never {
  const outside = suggestLocal ? 'set it, or pass a reference as `local` for use outside CI' : 'set it';
  throw userError({
    at: `variable ${variable}`,
    given: 'it is not set',
    expected: 'the reference of the image that this pipeline built',
    fix: isCi(variables) ? `add the image job, whose dotenv report contains ${variable}, to this job's needs (needs: job, artifacts: true)` : outside,
  });
}

function checkPipeline(variable: string, variables: CiVariables): void {
  const pair = `${variable}_PIPELINE_ID`;
  const [theirs, ours] = [variables[pair], variables.CI_PIPELINE_ID];
  if (theirs !== undefined && theirs === ours) return;
  throw userError({
    at: `variable ${variable}`,
    given: `${pair} is ${show(theirs)}`,
    expected: `this pipeline's id ${show(ours)}`,
    fix: `write ${pair}=$CI_PIPELINE_ID in the image job's report, and delete any project, group or instance variable ${variable}, which overrides the report`,
  });
}
