import { AGENT, answersOf, EMPTY_FOLDER, OIDC } from './examples';
import { pipelineFile, pipelineOf, pipelineProgram } from '../../../src/cli/init/pipeline-program';

const PREBUILT = { kind: 'prebuilt', reference: 'registry.example.com/shared/web:1.4.2' } as const;
const HUGO = { ...EMPTY_FOLDER, isHugoSite: true };

test('the pipeline gets a file of its own beside an existing .gitlab-ci.yml', () => {
  expect([false, true].map((hasPipeline) => pipelineFile({ ...EMPTY_FOLDER, hasPipeline }))).toEqual(['.gitlab-ci.yml', 'deploy.gitlab-ci.yml']);
});

describe('pipeline.ts', () => {
  test.each([
    ['writes .gitlab-ci.yml', answersOf(), EMPTY_FOLDER, '}).write();\n'],
    ['writes another file beside an existing pipeline', answersOf(), { ...EMPTY_FOLDER, hasPipeline: true }, "}).write('deploy.gitlab-ci.yml');\n"],
    ['builds with buildah and a kubeconfig', answersOf(), EMPTY_FOLDER, 'imageBuild: ImageBuild.buildah(),\n  credential: DeployCredential.kubeconfigVariable(),\n'],
    ['builds with docker', answersOf({ builder: { kind: 'docker' } }), EMPTY_FOLDER, 'imageBuild: ImageBuild.docker(),'],
    ['uses a prebuilt image', answersOf({ builder: PREBUILT }), EMPTY_FOLDER, "imageBuild: ImageBuild.prebuilt({ reference: 'registry.example.com/shared/web:1.4.2' }),"],
    ['builds a Hugo site first', answersOf(), HUGO, "buildJob: BuildJob.script({ image: 'ghcr.io/gohugoio/hugo:v0.150.0', script: ['hugo --minify'], artifacts: ['public'] }),"],
    ['uses an agent', answersOf({ credential: AGENT }), EMPTY_FOLDER, "credential: DeployCredential.gitlabAgent({ agent: 'infra/agents:production' }),"],
    ['uses an id_token', answersOf({ credential: { ...OIDC, certificateAuthorityData: 'Zm9v' } }), EMPTY_FOLDER,
      "DeployCredential.idToken({ audience: 'kubernetes-web', server: 'https://203.0.113.1:6443', certificateAuthorityData: 'Zm9v' }),"],
    ['imports targets.js in a module', answersOf(), { ...EMPTY_FOLDER, isModule: true }, "import { app, targets } from './targets.js';\n"],
  ])('%s', (_, answers, detected, expected) => {
    expect(pipelineProgram(answers, detected)).toContain(expected);
  });
});

describe('the pipeline', () => {
  test.each([
    ['has a job for each target', answersOf(), EMPTY_FOLDER, /^deploy-staging:$[^]*^deploy-production:$/m],
    ['has an image job of docker', answersOf({ builder: { kind: 'docker' } }), EMPTY_FOLDER, /^ {2}image: docker:/m],
    ['has no image job for a prebuilt image', answersOf({ builder: PREBUILT }), EMPTY_FOLDER, /^(?![^]*^container:)/],
    ['has a build job for a Hugo site', answersOf(), HUGO, /^build:$[^]*hugo --minify/m],
    ['selects the context of an agent', answersOf({ credential: AGENT }), EMPTY_FOLDER, /infra\/agents:production/],
    ['has an id_token', answersOf({ credential: OIDC }), EMPTY_FOLDER, /^ {2}id_tokens:\n[^]*aud: kubernetes-web$/m],
  ])('%s', (_, answers, detected, expected) => {
    expect(pipelineOf(answers, detected).toYaml()).toMatch(expected);
  });
});
