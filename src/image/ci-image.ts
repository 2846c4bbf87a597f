import { ImageReference } from './image-reference';
import { GivenImage, checkedImage } from './policy';
import { userError, show } from '../base/user-error';
import { CiVariables, ciVariables, isCi } from '../gitlab/ci-variables';

/**
 * What an image must satisfy before it is deployed.
 */
export interface ImagePolicy {
  /**
   * Whether a tag that someone may move is good enough: no tag, `latest`, or the name of the branch that is being built.
   * A digest beside the tag always is.
   *
   * The price: the cluster may run something else than what was synthesized, and a redeploy may change nothing.
   *
   * @default false
   */
  readonly allowMutableTag?: boolean;

  /**
   * Whether the reference must name the content by digest.
   *
   * @default false
   */
  readonly requireDigest?: boolean;

  /**
   * Where the image may come from: registries (`registry.example.com`) or repositories in them
   * (`registry.example.com/group/project`), each with everything below it.
   *
   * @default - for a variable in a CI job, the project's own registry (CI_REGISTRY_IMAGE); everything otherwise
   */
  readonly allowedRegistries?: string[];
}

/**
 * How an image is taken from a variable.
 */
export interface EnvironmentImageOptions extends ImagePolicy {
  /**
   * The CI/CD variables, where the process' own cannot be set in time: in other languages than TypeScript
   * the library sees only what was in the environment when its own process started.
   *
   * @default - the variables of the process
   */
  readonly ciVariables?: { [name: string]: string };
}

/**
 * How an image is taken from the image job of a GitLab pipeline.
 */
export interface GitlabImageOptions extends EnvironmentImageOptions {
  /**
   * The variable in which the image job hands the reference over. The pipeline's id travels beside it as `<variable>_PIPELINE_ID`.
   *
   * @default 'IMAGE'
   */
  readonly variable?: string;

  /**
   * A reference that stands in on a workstation, where no image job ran. Never used in a CI job.
   *
   * @default - outside CI as well, the variable must be set
   */
  readonly local?: string;
}

/**
 * The answer of a `CiImage`.
 */
export interface ImageLookup {
  /**
   * The image.
   */
  readonly reference: ImageReference;

  /**
   * Which source answered, for people: `variable IMAGE of pipeline 4711`, `local stand-in`, `given in the program`.
   */
  readonly source: string;
}

/**
 * Where the image of a workload comes from.
 *
 * It is looked up when manifests are rendered, so that a program can be built on a workstation although its image exists only in CI.
 * It can stand wherever an image is expected in a manifest: cdk8s resolves it.
 */
export class CiImage {
  /**
   * The image that an earlier job of this pipeline built and handed over in its dotenv report:
   * `IMAGE=<reference>` and `IMAGE_PIPELINE_ID=$CI_PIPELINE_ID`.
   *
   * The reference is taken as it is. It cannot be computed a second time, since CI_JOB_ID differs in every job.
   * In a CI job the pair must be of this pipeline: a project variable of the same name silently beats a dotenv report.
   *
   * @see https://docs.gitlab.com/ci/variables/#cicd-variable-precedence
   */
  public static fromGitlab(options: GitlabImageOptions = {}): CiImage {
    const variable = options.variable ?? 'IMAGE';
    const { local } = options;
    return new CiImage(options, (variables) => {
      const sources = [() => handedOver(variable, variables), () => standIn(local, variables)];
      return firstAnswer(sources) ?? missing(variable, variables, local === undefined);
    });
  }

  /**
   * The image named by an environment variable, whoever set it. Nothing is known about its pipeline.
   *
   * @param name The variable.
   * @param options What the image must satisfy.
   */
  public static fromEnvironment(name: string, options: EnvironmentImageOptions = {}): CiImage {
    return new CiImage(options, (variables) =>
      fromVariable(name, variables, `variable ${name}`) ?? missing(name, variables, false));
  }

  /**
   * An image that is known when the program is written.
   *
   * @param reference The reference.
   * @param policy What the image must satisfy.
   */
  public static of(reference: string, policy: ImagePolicy = {}): CiImage {
    return new CiImage(policy, () => ({ at: 'image', text: reference, source: 'given in the program', trusted: true }));
  }

  private readonly policy: EnvironmentImageOptions;

  private constructor(policy: EnvironmentImageOptions, private readonly answer: (variables: CiVariables) => Answer) {
    this.policy = { ...policy, allowedRegistries: policy.allowedRegistries && [...policy.allowedRegistries] };
  }

  /**
   * Looks the image up and says which source answered.
   *
   * @throws When there is no image, or it does not satisfy the policy.
   */
  public lookup(): ImageLookup {
    const variables = ciVariables(this.policy.ciVariables);
    const answer = this.answer(variables);
    return { reference: checkedImage(answer, this.policy, variables), source: answer.source };
  }

  /**
   * The reference as text. cdk8s calls this when it renders a manifest.
   *
   * @throws When there is no image, or it does not satisfy the policy.
   */
  public resolve(): string {
    return this.lookup().reference.toString();
  }
}

interface Answer extends GivenImage {
  readonly source: string;
}

function firstAnswer(sources: Array<() => Answer | undefined>): Answer | undefined {
  for (const source of sources) {
    const answer = source();
    if (answer) return answer;
  }
  return undefined;
}

function handedOver(variable: string, variables: CiVariables): Answer | undefined {
  const pipeline = variables.CI_PIPELINE_ID;
  const source = pipeline ? `variable ${variable} of pipeline ${pipeline}` : `variable ${variable}`;
  const answer = fromVariable(variable, variables, source);
  if (answer && isCi(variables)) checkPipeline(variable, variables);
  return answer;
}

function fromVariable(name: string, variables: CiVariables, source: string): Answer | undefined {
  const text = variables[name];
  return text === undefined ? undefined : { at: `variable ${name}`, text, source, trusted: false };
}

function standIn(local: string | undefined, variables: CiVariables): Answer | undefined {
  if (local === undefined || isCi(variables)) return undefined;
  return { at: 'local', text: local, source: 'local stand-in', trusted: true };
}

function missing(variable: string, variables: CiVariables, mayStandIn: boolean): never {
  const outside = mayStandIn ? 'set it, or give a reference as `local` for work outside CI' : 'set it';
  throw userError({
    at: `variable ${variable}`,
    given: 'it is not set',
    expected: 'the reference of the image that this pipeline built',
    fix: isCi(variables) ? `let this job need the image job with its dotenv report (needs: job, artifacts: true), which writes ${variable}` : outside,
  });
}

function checkPipeline(variable: string, variables: CiVariables): void {
  const pair = `${variable}_PIPELINE_ID`;
  const [theirs, ours] = [variables[pair], variables.CI_PIPELINE_ID];
  if (theirs !== undefined && theirs === ours) return;
  throw userError({
    at: `variable ${variable}`,
    given: `it comes with ${pair} ${show(theirs)}`,
    expected: `this pipeline's id ${show(ours)}`,
    fix: `let the image job write ${pair}=$CI_PIPELINE_ID beside it, and remove a project, group or instance variable ${variable}, which beats the report`,
  });
}
