import type { DockerBuildOptions } from './image-build';
import { buildWords, dotenvReport, imageJob, REFERENCE } from './image-job';
import { BUILDERS } from '../jobs/builders';
import type { GeneratedJob } from '../jobs/generated-job';
import { JOB_FOLDER, MAKE_JOB_FOLDER, REMOVE_JOB_FOLDER } from '../jobs/job-folder';
import type { PipelinePlan } from '../targets/plan';

/**
 * Builds by a Docker daemon that is a service of the job. The client finds it by its alias, over TLS with the certificates that the daemon makes.
 *
 * @see https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-enabled-in-the-docker-executor
 */
export function dockerJob(name: string, plan: PipelinePlan, options: DockerBuildOptions): GeneratedJob {
  const { daemonImage = BUILDERS.dockerDaemon } = options;
  const words = buildWords(options);
  const job = imageJob(name, plan, options, {
    image: options.image ?? BUILDERS.docker,
    services: [{ name: daemonImage, alias: 'docker' }],
    variables: { DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_CERTDIR: '/certs', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs/client' },
    script: [
      REFERENCE,
      MAKE_JOB_FOLDER,
      `export DOCKER_CONFIG="${JOB_FOLDER}"`,
      AWAIT_DAEMON,
      'printf \'%s\' "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
      ['docker buildx build --pull --push --metadata-file image.json', ...words.options, '--tag "$reference"', words.context].join(' '),
      'digest="$(sed -n \'s/.*"containerimage.digest": *"\\(sha256:[0-9a-f]*\\)".*/\\1/p\' image.json)"',
      'test -n "$digest" || { echo \'the builder has not said the digest of what it has pushed\' >&2; exit 1; }',
      ...dotenvReport(plan.variable),
    ],
    after_script: [REMOVE_JOB_FOLDER],
  });
  return { ...job, comments: { ...job.comments, services: 'The runner must be privileged, and share /certs/client with its services.' } };
}

/** Not every executor waits for services. */
const AWAIT_DAEMON = `# The daemon may still be starting.
tries=0
until docker version > /dev/null 2>&1; do
  tries=$((tries + 1))
  if test "$tries" -ge 60; then docker version; exit 1; fi
  sleep 1
done`;
