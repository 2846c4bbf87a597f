import type { Answers, BuilderAnswer, CredentialAnswer } from './answers';
import type { DetectedProject } from './detect-project';
import { targetsModule } from './programs';
import { literal, objectLiteral } from './source-text';
import { BuildJob } from '../../pipeline/build-job';
import { DeployCredential } from '../../pipeline/credentials/deploy-credential';
import { GitlabPipeline } from '../../pipeline/gitlab-pipeline';
import { ImageBuild } from '../../pipeline/images/image-build';
import { DeployTarget } from '../../pipeline/targets/deploy-target';

/** The image of Hugo's own project. */
const HUGO_JOB = { image: 'ghcr.io/gohugoio/hugo:v0.150.0', script: ['hugo --minify'], artifacts: ['public'] };

/**
 * Where the pipeline is written: a file of its own beside one that is there.
 */
export function pipelineFile({ hasPipeline }: DetectedProject): string {
  return hasPipeline ? 'deploy.gitlab-ci.yml' : '.gitlab-ci.yml';
}

/**
 * The pipeline, as the program makes it.
 */
export function pipelineOf({ app, targets, builder, credential }: Answers, { isHugoSite }: DetectedProject): GitlabPipeline {
  return new GitlabPipeline({
    app,
    buildJob: isHugoSite ? BuildJob.script(HUGO_JOB) : undefined,
    imageBuild: imageBuildOf(builder),
    credential: credentialOf(credential),
    targets: targets.map((target) => DeployTarget.of(target)),
  });
}

function imageBuildOf(builder: BuilderAnswer): ImageBuild {
  if (builder.kind === 'prebuilt') return ImageBuild.prebuilt({ reference: builder.reference });
  return builder.kind === 'docker' ? ImageBuild.docker() : ImageBuild.buildah();
}

function credentialOf(credential: CredentialAnswer): DeployCredential {
  if (credential.kind === 'agent') return DeployCredential.gitlabAgent({ agent: credential.agent });
  if (credential.kind === 'kubeconfig') return DeployCredential.kubeconfigVariable();
  const { audience, server, certificateAuthorityData } = credential;
  return DeployCredential.idToken({ audience, server, certificateAuthorityData });
}

/**
 * The program itself.
 */
export function pipelineProgram({ builder, credential }: Answers, surroundings: DetectedProject): string {
  const names = ['DeployCredential', 'DeployTarget', 'GitlabPipeline', 'ImageBuild', ...surroundings.isHugoSite ? ['BuildJob'] : []];
  const file = pipelineFile(surroundings);
  return `import { ${names.sort().join(', ')} } from 'cdk8s-ci-deploy';
import { app, targets } from '${targetsModule(surroundings.isModule)}';

// ${file}: generated here, committed, and checked for drift.
new GitlabPipeline({
  app,
${surroundings.isHugoSite ? `  buildJob: BuildJob.script(${hugoText()}),\n` : ''}  imageBuild: ${imageBuildText(builder)},
  credential: ${credentialText(credential)},
  targets: targets.map((target) => DeployTarget.of(target)),
}).write(${surroundings.hasPipeline ? literal(file) : ''});
`;
}

function hugoText(): string {
  const list = (texts: string[]) => `[${texts.map(literal).join(', ')}]`;
  return objectLiteral({ image: literal(HUGO_JOB.image), script: list(HUGO_JOB.script), artifacts: list(HUGO_JOB.artifacts) });
}

function imageBuildText(builder: BuilderAnswer): string {
  return builder.kind === 'prebuilt' ? `ImageBuild.prebuilt({ reference: ${literal(builder.reference)} })` : `ImageBuild.${builder.kind}()`;
}

function credentialText(credential: CredentialAnswer): string {
  if (credential.kind === 'agent') return `DeployCredential.gitlabAgent({ agent: ${literal(credential.agent)} })`;
  if (credential.kind === 'kubeconfig') return 'DeployCredential.kubeconfigVariable()';
  const { audience, server, certificateAuthorityData: data } = credential;
  return `DeployCredential.idToken(${objectLiteral({
    audience: literal(audience), server: literal(server), certificateAuthorityData: data === undefined ? undefined : literal(data),
  })})`;
}
