import type { BuildahOptions } from './image-build';
import { buildWords, dotenvReport, imageJob, REFERENCE } from './image-job';
import { BUILDERS } from '../jobs/builders';
import type { GeneratedJob } from '../jobs/generated-job';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-folder';
import type { PipelinePlan } from '../targets/plan';

/**
 * Builds without a daemon, as root of its own container and nothing else.
 */
export function buildahJob(name: string, plan: PipelinePlan, options: BuildahOptions): GeneratedJob {
  const { storageDriver = 'vfs', layerCache = false } = options;
  const words = buildWords(options);
  const cache = layerCache ? ['--layers', `--cache-from ${CACHE}`, `--cache-to ${CACHE}`] : [];
  const job = imageJob(name, plan, options, {
    image: options.image ?? BUILDERS.buildah,
    variables: { BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: storageDriver },
    script: [
      REFERENCE,
      MAKE_JOB_FOLDER,
      `export REGISTRY_AUTH_FILE="${JOB_FOLDER}/auth.json"`,
      'printf \'%s\' "$CI_REGISTRY_PASSWORD" | buildah login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
      ['buildah build --pull', ...cache, ...words.options, '--tag "$reference"', words.context].join(' '),
      'buildah push --digestfile image.digest "$reference"',
      'digest="$(cat image.digest)"',
      ...dotenvReport(plan.variable),
    ],
    after_script: [REMOVE_JOB_FOLDER],
  });
  return { ...job, comments: { ...job.comments, variables: 'Neither needs a privileged runner or a device of the host.' } };
}

const CACHE = '"$CI_REGISTRY_IMAGE/cache"';
