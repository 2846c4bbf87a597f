import type { Answers, BuilderAnswer, CredentialAnswer } from './answers';
import type { DetectedProject } from './detect-project';
import { literal, objectLiteral, targetsModule } from './programs';
import { BuildJob } from '../../pipeline/build-job';
import { DeployCredential } from '../../pipeline/credentials/deploy-credential';
import { GitlabPipeline } from '../../pipeline/gitlab-pipeline';
import { ImageBuild } from '../../pipeline/images/image-build';
import { DeployTarget } from '../../pipeline/targets/deploy-target';

/** The image of the Hugo project. */
const HUGO_JOB = { image: 'ghcr.io/gohugoio/hugo:v0.150.0', script: ['hugo --minify'], artifacts: ['public'] };

/**
 * The file of the pipeline. An existing .gitlab-ci.yml stays, and includes the new file.
 */
export function pipelineFile({ hasPipeline }: DetectedProject): string {
  return hasPipeline ? 'deploy.gitlab-ci.yml' : '.gitlab-ci.yml';
}

/**
 * The pipeline of the program.
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
 * pipeline.ts: the program that writes the pipeline.
 */
export function pipelineProgram({ builder, credential }: Answers, detected: DetectedProject): string {
  const names = ['DeployCredential', 'DeployTarget', 'GitlabPipeline', 'ImageBuild', ...detected.isHugoSite ? ['BuildJob'] : []];
  const file = pipelineFile(detected);
  return `import { ${names.sort().join(', ')} } from 'cdk8s-ci-deploy';
import { app, targets } from '${targetsModule(detected.isModule)}';

// Writes ${file}. Commit both files: \`npm run check\` fails when they differ.
new GitlabPipeline({
  app,
${detected.isHugoSite ? `  buildJob: BuildJob.script(${hugoText()}),\n` : ''}  imageBuild: ${imageBuildText(builder)},
  credential: ${credentialText(credential)},
  targets: targets.map((target) => DeployTarget.of(target)),
}).write(${detected.hasPipeline ? literal(file) : ''});
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
