import { buildahJob } from './buildah-job';
import { dockerJob } from './docker-job';
import { located } from '../../base/user-error';
import { ImageReference } from '../../image/image-reference';
import { generatedJob } from '../jobs/generated-job';
import type { PipelineJob } from '../jobs/job';
import type { JobOptions } from '../jobs/job-options';
import { checkedText } from '../jobs/shell';
import type { PipelinePlan } from '../targets/plan';

/**
 * How an image is built from a Dockerfile.
 */
export interface ImageBuildOptions extends JobOptions {
  /**
   * The folder that is sent to the builder.
   *
   * @default '.'
   */
  readonly context?: string;

  /**
   * The Dockerfile, from the top of the repository.
   *
   * @default - `Dockerfile` in the context
   */
  readonly dockerfile?: string;

  /**
   * Values for the ARGs of the Dockerfile. References to variables, as `$CI_COMMIT_TAG`, are expanded in them.
   * They are not secret: whoever has the image can read them.
   *
   * @default - none
   */
  readonly buildArguments?: { [name: string]: string };

  /**
   * The one platform that the image is for, as `linux/arm64`. If it is not the runner's, the runner must be able to emulate it.
   *
   * @default - the runner's
   */
  readonly platform?: string;

  /**
   * The stage of the Dockerfile that becomes the image.
   *
   * @default - the last one
   */
  readonly target?: string;
}

/**
 * How buildah builds an image.
 */
export interface BuildahOptions extends ImageBuildOptions {
  /**
   * Where layers are kept while they are built. `overlay` is faster, and needs /dev/fuse in the job's container, or a kernel and a runner that allow it without.
   *
   * @default 'vfs'
   */
  readonly storageDriver?: string;

  /**
   * Whether layers are taken from and kept in the project's registry, in the repository `cache` below the project's own.
   *
   * The price: whoever may run a pipeline of the project, from any branch, may put layers there that later images are built of.
   *
   * @default false
   */
  readonly layerCache?: boolean;
}

/**
 * How Docker builds an image.
 */
export interface DockerBuildOptions extends ImageBuildOptions {
  /**
   * The image of the daemon, a service of the job. Its version is to be that of `image`.
   *
   * @default - a version that was current when this library was released
   */
  readonly daemonImage?: string;
}

/**
 * An image that the pipeline does not build.
 */
export interface PrebuiltImageOptions {
  /**
   * Its reference, best by digest; or a variable that has it, as `$UPSTREAM_IMAGE`, which the job that synthesizes must know.
   * The program says by `allowedRegistries` that images may come from there.
   */
  readonly reference: string;
}

/**
 * Where the image comes from, and how its reference gets to the program that synthesizes.
 */
export class ImageBuild {
  /**
   * Built by buildah, which needs no daemon and no privileged runner.
   *
   * @param options What is built.
   */
  public static buildah(options: BuildahOptions = {}): ImageBuild {
    const name = options.name ?? 'container';
    return new ImageBuild({ name, job: (plan) => generatedJob(buildahJob(name, plan, options)) });
  }

  /**
   * Built by Docker in Docker, which needs a privileged runner: a job of it can become root on the machine that it runs on.
   *
   * @param options What is built.
   */
  public static docker(options: DockerBuildOptions = {}): ImageBuild {
    const name = options.name ?? 'container';
    return new ImageBuild({ name, job: (plan) => generatedJob(dockerJob(name, plan, options)) });
  }

  /**
   * Built elsewhere: there is no job for it, and the job that synthesizes gets the reference as a variable.
   *
   * @param options Which image.
   */
  public static prebuilt(options: PrebuiltImageOptions): ImageBuild {
    const reference = checkedText('reference', options.reference);
    if (!reference.includes('$')) checkReference(reference);
    return new ImageBuild(undefined, reference);
  }

  private constructor(private readonly build?: ImageJob, private readonly reference?: string) {}

  /**
   * The name of the job, if there is one.
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
   * What the job that synthesizes gets, where no report says it.
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
