import { buildahJob, type BuildahOptions } from './buildah-job';
import { type DockerBuildOptions, dockerJob } from './docker-job';
import { located } from '../../base/user-error';
import { ImageReference } from '../../image/image-reference';
import { generatedJob } from '../jobs/generated-job';
import type { PipelineJob } from '../jobs/job';
import { checkedText } from '../jobs/shell';
import type { PipelinePlan } from '../targets/pipeline-plan';

/**
 * Options of an image that another pipeline builds.
 */
export interface PrebuiltImageOptions {
  /**
   * The image reference, preferably with a digest, or a variable that contains it, such as `$UPSTREAM_IMAGE`.
   * The variable must be set in the job that synthesizes.
   * The program must allow the image's registry with `allowedRegistries`.
   */
  readonly reference: string;
}

/**
 * The origin of the image. Its reference goes to the program that synthesizes.
 */
export class ImageBuild {
  /**
   * Builds the image with buildah, which needs no daemon and no privileged runner.
   *
   * @param options The Dockerfile and its arguments.
   */
  public static buildah(options: BuildahOptions = {}): ImageBuild {
    const name = options.name ?? 'container';
    return new ImageBuild({ name, job: (plan) => generatedJob(buildahJob(name, plan, options)) });
  }

  /**
   * Builds the image with Docker in Docker, which needs a privileged runner.
   *
   * The risk: a job of such a runner can become root on the runner's machine.
   *
   * @param options The Dockerfile and its arguments.
   */
  public static docker(options: DockerBuildOptions = {}): ImageBuild {
    const name = options.name ?? 'container';
    return new ImageBuild({ name, job: (plan) => generatedJob(dockerJob(name, plan, options)) });
  }

  /**
   * Uses an existing image. No job builds it, and the job that synthesizes gets its reference as a variable.
   *
   * @param options The image.
   */
  public static prebuilt(options: PrebuiltImageOptions): ImageBuild {
    const reference = checkedText('reference', options.reference);
    if (!reference.includes('$')) checkReference(reference);
    return new ImageBuild(undefined, reference);
  }

  private constructor(private readonly build?: ImageJob, private readonly reference?: string) {}

  /**
   * The name of the job that builds the image, if there is one.
   *
   * @internal
   */
  public _name(): string | undefined {
    return this.build?.name;
  }

  /**
   * @internal
   */
  public _job(plan: PipelinePlan): PipelineJob | undefined {
    return this.build?.job(plan);
  }

  /**
   * Variables of the job that synthesizes, when no job writes the reference to a dotenv report.
   *
   * @internal
   */
  public _variables(variable: string): { [name: string]: string } {
    return this.reference === undefined ? {} : { [variable]: this.reference, [`${variable}_PIPELINE_ID`]: '$CI_PIPELINE_ID' };
  }
}

function checkReference(text: string): void {
  try {
    ImageReference.parse(text);
  } catch (error) {
    throw located('reference', error);
  }
}

interface ImageJob {
  readonly name: string;
  readonly job: (plan: PipelinePlan) => PipelineJob;
}
