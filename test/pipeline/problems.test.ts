import { BuildJob, DeployCredential, DeployTarget, DeployJob, GitlabPipeline, type GitlabPipelineProps, ImageBuild, Synthesis } from '../../src';
import { pipeline, PRODUCTION, REVIEW, STAGING } from '../support/pipelines';
import { messageOf } from '../support/synth';

jest.mock('../../src/pipeline/command-sha256', () => ({ commandSha256: () => '0'.repeat(64) }));

const SAME_NAMESPACE = DeployTarget.of({ environment: 'qa', namespace: 'example-staging' });

test.each<[string, Partial<GitlabPipelineProps>, string]>([
  ['no target', { targets: [] }, 'targets: there are none'],
  ['two targets on one namespace', { targets: [STAGING, SAME_NAMESPACE] }, 'target qa: its namespace "example-staging" is that of target staging'],
  ['review apps in the namespace of another target', { targets: [PRODUCTION, DeployTarget.review({ namespace: 'example' })] }, 'expected a namespace for review apps only'],
  ['a target after an unknown environment', { targets: [DeployTarget.of({ environment: 'b', namespace: 'b', after: 'a' })] }, 'target b: it comes after "a"'],
  ['an invalid application name', { app: 'My App' }, 'app: it is "My App"'],
  ['an image in a predefined variable', { imageVariable: 'CI_COMMIT_SHA' }, 'job container: its dotenv report has the variable "CI_COMMIT_SHA"'],
  ['an image in the variable of a credential', { imageVariable: 'KUBECONFIG' }, 'job container: its dotenv report has the variable "KUBECONFIG"'],
  ['a prebuilt image in a predefined variable', { imageBuild: ImageBuild.prebuilt({ reference: '$UPSTREAM' }), imageVariable: 'CI' }, 'job synth: it sets the variable "CI"'],
  ['a keyword as the name of a job', { imageBuild: ImageBuild.buildah({ name: 'image' }) }, 'job: its name is "image", expected no keyword of GitLab or YAML'],
  ['two jobs with one name', { synthesis: Synthesis.job({ name: 'container' }) }, 'job container: another job has that name'],
  ['a need of an unknown job', { synthesis: Synthesis.job({ needs: ['lint'] }) }, 'job synth: it needs "lint", expected a job of this file'],
  ['jobs that need each other', { imageBuild: ImageBuild.buildah({ needs: ['synth'] }), stages: ['synth', 'image', 'deploy'] }, 'job container: it needs itself: container needs synth needs container'],
  ['a need of a job in a later stage', { imageBuild: ImageBuild.buildah({ needs: ['synth'] }) }, 'job container: it needs "synth" of the later stage synth'],
  ['a stage that is not listed', { stages: ['image', 'synth'] }, 'job deploy-staging: its stage is "deploy"'],
  ['a job that synthesizes without the report', { synthesis: Synthesis.job({ raw: { dependencies: [] } }) }, 'job synth: it reads $IMAGE from a dotenv report, and its "dependencies" do not list job container'],
  ['a deploy job without the report', { synthesis: Synthesis.inDeployJob(), deployJob: DeployJob.cdk8sCiDeploy({ raw: { dependencies: [] } }) },
    'job deploy-staging: it reads $IMAGE from a dotenv report, and its "dependencies" do not list job container'],
  ['a predefined variable', { synthesis: Synthesis.job({ variables: { CI_PROJECT_ID: '1' } }) }, 'job synth: it sets the variable "CI_PROJECT_ID"'],
  ['a credential in the file', { deployJob: DeployJob.cdk8sCiDeploy({ variables: { KUBE: 'x' } }), credential: DeployCredential.kubeconfigVariable({ variable: 'KUBE' }) },
    'expected no value in the file for the variable of the credential'],
  ['an image without a version', { buildJob: BuildJob.script({ image: 'node', script: ['make'], artifacts: ['a'] }) }, 'job build: its image is "node"'],
  ['an inherited before_script in a deploy job', { raw: { default: { retry: 1, before_script: ['make'] } } }, 'job deploy-staging: it inherits "before_script" from the defaults of the file'],
  ['stages as a raw keyword', { raw: { stages: ['a'] } }, 'raw: it has the keyword "stages"'],
  ['a job as a raw keyword', { raw: { synth: {} } }, 'raw: it has the keyword "synth", which is a job of the pipeline'],
  ['a workflow rule with a variable of a running job', { raw: { workflow: { rules: [{ if: '$CI_JOB_ID' }] } } }, 'workflow: a rule uses $CI_JOB_ID'],
])('a pipeline may not have %s', (_, props, expected) => {
  expect(messageOf(() => pipeline(props).toYaml())).toContain(expected);
});

test.each<[string, { [keyword: string]: any }, string]>([
  ['a rule with a variable of a running job', { rules: [{ if: '$CI_PIPELINE_ID' }] }, 'a rule uses $CI_PIPELINE_ID'],
  ['an environment with a variable from a dotenv report', { environment: { name: '$IMAGE' } }, 'contains $IMAGE, which comes from a dotenv report'],
  ['the environment of a protected target for any branch', { environment: 'production' }, 'can be that of the protected target production, for refs that are not protected'],
  ['the name of any branch as environment', { environment: '$CI_COMMIT_BRANCH' }, 'can be that of the protected target production'],
  ['a need that is missing in its pipelines', { rules: [{ if: '$CI_PIPELINE_SOURCE == "schedule"' }], needs: ['synth'] }, 'it needs "synth", which is not in every pipeline'],
])('a job of the user may not have %s', (_, keywords, expected) => {
  const made = pipeline({ targets: [STAGING, PRODUCTION, REVIEW] });
  made.addJob('mine', { stage: 'deploy', script: ['true'], ...keywords });
  expect(messageOf(() => made.toYaml())).toMatch(/^(?:job mine|\d problems)/);
  expect(messageOf(() => made.toYaml())).toContain(expected);
});

test('addJob rejects a stage that is no string', () => {
  expect(() => pipeline().addJob('mine', { stage: ['deploy'] })).toThrow('job mine: its stage is "[\\"deploy\\"]", expected the name of a stage');
});

test('write reports all problems at once, and writes nothing', () => {
  const made = new GitlabPipeline({ app: 'web', targets: [PRODUCTION], imageBuild: ImageBuild.buildah({ name: 'cache', image: 'buildah' }) });
  made.addJob('smoke', { needs: ['deploy'], environment: 'production', script: ['true'] });
  expect(messageOf(() => made.write('/nonexistent/.gitlab-ci.yml'))).toMatchInlineSnapshot(`
"4 problems in the pipeline
  job: its name is "cache", expected no keyword of GitLab or YAML; rename it
  job smoke: it needs "deploy", expected a job of this file; add the job with addJob, or need another one
  job smoke: its environment "production" can be that of the protected target production, for refs that are not protected, expected '$CI_COMMIT_REF_PROTECTED == "true"' joined by "&&" in each of its rules; add this condition, or use another environment
  job cache: its image is "buildah", expected a tag other than "latest", or a digest; name a version or a digest: a moved tag would change the job without a commit"
`);
});
