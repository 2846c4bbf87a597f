import { BUILD, PRODUCTION, REVIEW, STAGING } from './pipelines';
import { CredentialRotation, DeployCredential, DeployTarget, DeployJob, GitlabPipelineProps, ImageBuild, Synthesis } from '../../src';

const IMAGE_OPTIONS = {
  context: 'my site',
  dockerfile: 'docker/$STAGE/Dockerfile',
  buildArguments: { VERSION: 'v "$CI_COMMIT_TAG" `id` $(id) \\ \'', EMPTY: '' },
  platform: 'linux/arm64',
  target: 'site',
};

const PINS = { server: 'https://203.0.113.7:6443', clusterCaSha256: ['0a'.repeat(32), 'B1'.repeat(32)] };

const IMAGE_BUILDS: Array<[string, ImageBuild]> = [
  ['buildah', ImageBuild.buildah()],
  ['buildah with all options', ImageBuild.buildah({ ...IMAGE_OPTIONS, layerCache: true, storageDriver: 'overlay' })],
  ['docker', ImageBuild.docker()],
  ['docker with all options', ImageBuild.docker(IMAGE_OPTIONS)],
  ['prebuilt', ImageBuild.prebuilt({ reference: '$UPSTREAM_IMAGE' })],
];

const SYNTHESES: Array<[string, Synthesis]> = [
  ['a job that synthesizes', Synthesis.job()],
  ['synthesis in the deploy job', Synthesis.inDeployJob()],
];

const DEPLOY_JOBS: Array<[string, DeployJob]> = [
  ['deploy', DeployJob.cdk8sCiDeploy()],
  ['deploy with all options', DeployJob.cdk8sCiDeploy({ pullSecret: 'pull', rolloutTimeout: '90s', diff: true, arguments: ['--adopt', '--allow-registry=registry.example.com'] })],
  ['kubectl', DeployJob.kubectl({ image: 'registry.example.com/tools/npm-and-kubectl:1', rolloutTimeout: '1h' })],
];

const CREDENTIALS: Array<[string, DeployCredential]> = [
  ['a kubeconfig', DeployCredential.kubeconfigVariable()],
  ['a pinned kubeconfig', DeployCredential.kubeconfigVariable({ variable: 'KUBECONFIG_WEB', ...PINS })],
  ['an agent', DeployCredential.gitlabAgent({ agent: 'group/infra:prod' })],
  ['a pinned agent', DeployCredential.gitlabAgent({ agent: 'group/infra:prod', ...PINS })],
  ['an id_token', DeployCredential.idToken({ audience: 'cluster 1\'s', server: PINS.server })],
];

const TARGETS: Array<[string, DeployTarget[]]> = [
  ['one target', [STAGING]],
  ['targets of all kinds', [
    STAGING,
    PRODUCTION,
    DeployTarget.of({ environment: 'eu/production', namespace: 'example-eu', url: 'https://example.com', tier: 'production', manual: true, stoppable: true }),
    REVIEW,
  ]],
];

/**
 * Pipelines with all combinations of choices, with a name for each.
 */
export function* everyPipeline(): Generator<[name: string, Partial<GitlabPipelineProps>]> {
  for (const [image, imageBuild] of IMAGE_BUILDS) {
    for (const [synthesisName, synthesis] of SYNTHESES) {
      for (const [tool, deployJob] of DEPLOY_JOBS) {
        for (const [credentialName, credential] of CREDENTIALS) {
          const rotation = credential._storedIn === undefined ? undefined : CredentialRotation.scheduled({ grace: '90m', duration: '60d' });
          for (const [targetNames, targets] of TARGETS) {
            yield [[image, synthesisName, tool, credentialName, targetNames].join(', '), { imageBuild, synthesis, deployJob, credential, targets, rotation, buildJob: BUILD }];
          }
        }
      }
    }
  }
}
