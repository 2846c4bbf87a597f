import { BuildahOptions, DockerBuildOptions, ImageBuild, ImageBuildOptions, Synthesis } from '../../../src';
import { BUILD, fileOf, pipeline, PRODUCTION, REVIEW, STAGING } from '../../support/pipelines';
import { messageOf } from '../../support/synth';

jest.mock('../../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const buildah = (options: BuildahOptions = {}) => fileOf({ imageBuild: ImageBuild.buildah(options) }).container;
const docker = (options: DockerBuildOptions = {}) => fileOf({ imageBuild: ImageBuild.docker(options) }).container;
const buildLine = ({ script }: { script: string[] }) => script.find((line) => / build /.test(line));

describe.each([['buildah', buildah], ['docker', docker]] as const)('%s', (_, job) => {
  test('writes the reference with its digest, and the id of the pipeline, to the dotenv report', () => {
    const { script, artifacts } = job();

    expect(script.slice(-2)).toEqual(['echo "IMAGE=$reference@$digest" > image.env', 'echo "IMAGE_PIPELINE_ID=$CI_PIPELINE_ID" >> image.env']);
    expect(artifacts).toEqual({ reports: { dotenv: 'image.env' } });
  });

  test('passes the password by standard input, and always removes the folder of the login', () => {
    const { script, after_script: after } = job();
    const login = script.find((line: string) => line.includes(' login '));

    expect(login).toContain('--password-stdin');
    expect(login).toMatch(/^printf '%s' "\$CI_REGISTRY_PASSWORD" \|/);
    expect(script).toContain('mkdir -m 0700 "/tmp/cdk8s-ci-deploy-$CI_JOB_ID"');
    expect(after).toEqual(['rm -rf "/tmp/cdk8s-ci-deploy-$CI_JOB_ID"']);
  });

  test('can be cancelled by a newer pipeline', () => {
    expect(job().interruptible).toBe(true);
  });

  test('gets the options of a build', () => {
    const options: ImageBuildOptions = {
      context: 'my site', dockerfile: 'docker/Dockerfile', buildArguments: { VERSION: '$CI_COMMIT_TAG', NAME: 'the "site" for `$5`' }, platform: 'linux/arm64', target: 'site',
    };

    expect(buildLine(job(options))).toContain([
      '--file docker/Dockerfile', '--build-arg "VERSION=$CI_COMMIT_TAG"', '--build-arg "NAME=the \\"site\\" for \\`\\$5\\`"', '--platform linux/arm64', '--target site',
    ].join(' '));
    expect(buildLine(job(options))).toMatch(/ --tag "\$reference" "my site"$/);
  });

  test.each<[string, ImageBuildOptions, string]>([
    ['a context that is an option', { context: '-' }, 'context: it is "-", expected one line of text that does not begin with "-"'],
    ['a Dockerfile of two lines', { dockerfile: 'a\nb' }, 'dockerfile: it is "a\\nb", expected one line'],
    ['a build argument without a name', { buildArguments: { 'A B': '1' } }, 'buildArguments: it is "A B", expected names of letters'],
    ['a build argument of two lines', { buildArguments: { A: '1\n2' } }, 'buildArguments.A: it is "1\\n2", expected one line'],
    ['two platforms', { platform: 'linux/amd64,linux/arm64' }, 'platform: it is "linux/amd64,linux/arm64", expected one platform'],
    ['a stage with a space', { target: 'a b' }, 'target: it is "a b", expected the name of a stage'],
    ['another value of a variable that it needs', { variables: job().variables && { [Object.keys(job().variables)[0]!]: 'other' } }, 'job container: the option variables sets'],
    ['a raw keyword that the job sets', { raw: { script: ['true'] } }, 'job container: raw has "script", which the job already sets'],
  ])('rejects %s', (__, options, message) => {
    expect(messageOf(() => job(options))).toContain(message);
  });
});

describe('buildah', () => {
  test('needs neither a privileged runner nor a device', () => {
    expect(buildah().variables).toEqual({ BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs' });
    expect(buildah({ storageDriver: 'overlay' }).variables.STORAGE_DRIVER).toBe('overlay');
  });

  test('reads the digest from the push', () => {
    expect(buildah().script.slice(-4, -2)).toEqual(['buildah push --digestfile image.digest "$reference"', 'digest="$(cat image.digest)"']);
  });

  test('stores layers in the registry only with the option layerCache', () => {
    expect(buildLine(buildah())).not.toContain('cache');
    expect(buildLine(buildah({ layerCache: true }))).toContain('--layers --cache-from "$CI_REGISTRY_IMAGE/cache" --cache-to "$CI_REGISTRY_IMAGE/cache"');
  });
});

describe('docker', () => {
  test('connects to its own daemon over TLS', () => {
    const { services, variables } = docker();

    expect(services).toEqual([{ name: expect.stringMatching(/^docker:[\d.]+-dind$/), alias: 'docker' }]);
    expect(variables).toEqual({ DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_CERTDIR: '/certs', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs/client' });
  });

  test('can use other images for the client and the daemon', () => {
    const { image, services } = docker({ image: 'registry.example.com/docker:29-cli', daemonImage: 'registry.example.com/docker:29-dind' });

    expect([image, services[0].name]).toEqual(['registry.example.com/docker:29-cli', 'registry.example.com/docker:29-dind']);
  });
});

describe('a prebuilt image', () => {
  const imageBuild = ImageBuild.prebuilt({ reference: 'registry.example.com/team/web:1.2.3' });
  const variables = { IMAGE: 'registry.example.com/team/web:1.2.3', IMAGE_PIPELINE_ID: '$CI_PIPELINE_ID' };

  test('has no job, and is a variable of the job that synthesizes', () => {
    const file = fileOf({ imageBuild });

    expect(file.stages).toEqual(['synth', 'deploy']);
    expect(file.synth.variables).toEqual(variables);
    expect(file.synth.needs).toEqual([]);
  });

  test('is a variable of the deploy job when that job synthesizes', () => {
    expect(fileOf({ imageBuild, synthesis: Synthesis.inDeployJob() })['deploy-staging'].variables).toMatchObject(variables);
  });

  test('is in the image variable of the pipeline', () => {
    expect(Object.keys(fileOf({ imageBuild, imageVariable: 'WEB' }).synth.variables)).toEqual(['WEB', 'WEB_PIPELINE_ID']);
  });

  test('can come from a variable', () => {
    expect(fileOf({ imageBuild: ImageBuild.prebuilt({ reference: '$UPSTREAM_IMAGE' }) }).synth.variables.IMAGE).toBe('$UPSTREAM_IMAGE');
  });

  test('must have a valid reference', () => {
    expect(messageOf(() => ImageBuild.prebuilt({ reference: 'Web:1' }))).toContain('reference: the image repository "Web"');
  });
});

test('the image job runs exactly in the pipelines that deploy', () => {
  const { container } = fileOf({ targets: [STAGING, PRODUCTION, REVIEW] });

  expect(container.rules).toEqual([
    { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' },
    { if: '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID' },
  ]);
});

test('the image job gets the files of the build job', () => {
  expect(fileOf({ buildJob: BUILD }).container.needs).toEqual([{ job: 'build', artifacts: true }]);
  expect(fileOf().container.needs).toEqual([]);
});

test('an invalid option is a UserError', () => {
  expect(() => pipeline({ imageBuild: ImageBuild.buildah({ context: '-' }) }).toYaml()).toThrow(expect.objectContaining({ name: 'UserError' }));
});
