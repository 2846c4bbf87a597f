import { buildWords, dotenvReport, imageJob, type ImageBuildOptions, SET_REFERENCE } from './image-job';
import { DEFAULT_IMAGES } from '../jobs/default-images';
import type { GeneratedJob } from '../jobs/generated-job';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-files';
import type { PipelinePlan } from '../targets/pipeline-plan';

/**
 * Options of a job that builds an image with Docker.
 */
export interface DockerBuildOptions extends ImageBuildOptions {
  /**
   * The image of the Docker daemon, which is a service of the job. Use the same version as in `image`.
   *
   * @default - a version that was current when this library was released
   */
  readonly daemonImage?: string;
}

/**
 * A job that builds with a Docker daemon as its service. The client connects to the alias `docker` over TLS, with the certificates that the daemon creates.
 *
 * @see https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-enabled-in-the-docker-executor
 */
export function dockerJob(name: string, plan: PipelinePlan, options: DockerBuildOptions): GeneratedJob {
  const { daemonImage = DEFAULT_IMAGES.dockerDaemon } = options;
  const words = buildWords(options);
  const job = imageJob(name, plan, options, {
    image: options.image ?? DEFAULT_IMAGES.docker,
    services: [{ name: daemonImage, alias: 'docker' }],
    variables: { DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_CERTDIR: '/certs', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs/client' },
    script: [
      SET_REFERENCE,
      MAKE_JOB_FOLDER,
      `export DOCKER_CONFIG="${JOB_FOLDER}"`,
      AWAIT_DAEMON,
      'printf \'%s\' "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
      ['docker buildx build --pull --push --metadata-file image.json', ...words.options, '--tag "$reference"', words.context].join(' '),
      'digest="$(sed -n \'s/.*"containerimage.digest": *"\\(sha256:[0-9a-f]*\\)".*/\\1/p\' image.json)"',
      'test -n "$digest" || { echo \'buildx did not report the digest of the pushed image\' >&2; exit 1; }',
      ...dotenvReport(plan.imageVariable),
    ],
    after_script: [REMOVE_JOB_FOLDER],
  });
  return { ...job, comments: { ...job.comments, services: 'The runner must be privileged and share /certs/client with its services.' } };
}

/** Some executors start the job before its services are ready. */
const AWAIT_DAEMON = `# Wait until the Docker daemon is ready.
tries=0
until docker version > /dev/null 2>&1; do
  tries=$((tries + 1))
  if test "$tries" -ge 60; then docker version; exit 1; fi
  sleep 1
done`;
