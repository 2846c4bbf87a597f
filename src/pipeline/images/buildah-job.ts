import { buildWords, dotenvReport, imageJob, type ImageBuildOptions, SET_REFERENCE } from './image-job';
import { DEFAULT_IMAGES } from '../jobs/default-images';
import type { GeneratedJob } from '../jobs/generated-job';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-files';
import type { PipelinePlan } from '../targets/pipeline-plan';

/**
 * Options of a job that builds an image with buildah.
 */
export interface BuildahOptions extends ImageBuildOptions {
  /**
   * The driver that stores layers during the build. `overlay` is faster.
   * It needs /dev/fuse in the job's container, or a kernel and a runner that allow it without.
   *
   * @default 'vfs'
   */
  readonly storageDriver?: string;

  /**
   * Whether the build stores layers in the project's registry and reuses them. They are in the repository `cache` below the project's own.
   *
   * The risk: a pipeline of any branch can put layers there, and later images are built from them.
   *
   * @default false
   */
  readonly layerCache?: boolean;
}

/**
 * A job that builds without a daemon and without a privileged runner: it is root in its own container only.
 */
export function buildahJob(name: string, plan: PipelinePlan, options: BuildahOptions): GeneratedJob {
  const { storageDriver = 'vfs', layerCache = false } = options;
  const words = buildWords(options);
  const cache = layerCache ? ['--layers', `--cache-from ${CACHE}`, `--cache-to ${CACHE}`] : [];
  const job = imageJob(name, plan, options, {
    image: options.image ?? DEFAULT_IMAGES.buildah,
    variables: { BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: storageDriver },
    script: [
      SET_REFERENCE,
      MAKE_JOB_FOLDER,
      `export REGISTRY_AUTH_FILE="${JOB_FOLDER}/auth.json"`,
      'printf \'%s\' "$CI_REGISTRY_PASSWORD" | buildah login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
      ['buildah build --pull', ...cache, ...words.options, '--tag "$reference"', words.context].join(' '),
      'buildah push --digestfile image.digest "$reference"',
      'digest="$(cat image.digest)"',
      ...dotenvReport(plan.imageVariable),
    ],
    after_script: [REMOVE_JOB_FOLDER],
  });
  return { ...job, comments: { ...job.comments, variables: 'With these settings, the job needs no privileged runner.' } };
}

const CACHE = '"$CI_REGISTRY_IMAGE/cache"';
