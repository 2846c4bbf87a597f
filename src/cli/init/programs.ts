import type { Answers, CredentialAnswer } from './answers';
import type { DetectedProject } from './detect-project';
import { literal, objectLiteral } from './source-text';
import { ImageReference } from '../../image/image-reference';

/**
 * The program of the values that the others share.
 */
export function targetsProgram({ app, targets }: Answers): string {
  const rows = targets.map(({ environment, namespace, protectedRefsOnly }) =>
    `  ${objectLiteral({ environment: literal(environment), namespace: literal(namespace), protectedRefsOnly: String(protectedRefsOnly) })},`);
  return `/** The values that the access manifests, the workload and the pipeline share. */
export const app = ${literal(app)};

export const targets = [
${rows.join('\n')}
];
`;
}

/**
 * The name by which the other programs import it. A module must name the file that the compiler would write.
 */
export function targetsModule(isModule: boolean): string {
  return isModule ? './targets.js' : './targets';
}

/**
 * The program that an administrator runs once.
 */
export function accessProgram({ credential }: Answers, { manifest, isModule }: DetectedProject): string {
  const identity = identityOf(credential);
  // CiDeployment keeps to that level; of a manifest nobody knows.
  const labels = manifest ? [] : ['    namespaceLabels: { \'pod-security.kubernetes.io/enforce\': \'restricted\' },'];
  return `import { App, Chart } from 'cdk8s';
import { ${[...identity === undefined ? [] : ['DeployerIdentity'], 'NamespaceDeployer'].join(', ')} } from 'cdk8s-ci-deploy';
import { targets } from '${targetsModule(isModule)}';

// dist/access-<environment>.yaml: applied once by an administrator.
const program = new App({ outdir: 'dist', outputFileExtension: '.yaml' });
for (const { environment, namespace } of targets) {
  new NamespaceDeployer(new Chart(program, \`access-\${environment.replace(/[^A-Za-z0-9]+/g, '-')}\`), 'gitlab', {
    namespace,
    createNamespace: true,
${[...labels, ...identity === undefined ? [] : [`    identity: ${identity},`]].map((line) => `${line}\n`).join('')}  });
}
program.synth();
`;
}

function identityOf(credential: CredentialAnswer): string | undefined {
  if (credential.kind === 'kubeconfig') return undefined;
  if (credential.kind === 'agent') {
    const { namespace, name } = credential.serviceAccount;
    return `DeployerIdentity.gitlabAgent(${objectLiteral({ serviceAccountNamespace: literal(namespace), serviceAccountName: literal(name) })})`;
  }
  const { projectId, issuer, audience } = credential;
  return `DeployerIdentity.oidc(${objectLiteral({ projectId: String(projectId), issuer: literal(issuer), audience: literal(audience) })})`;
}

/**
 * The program that the pipeline runs.
 */
export function mainProgram(answers: Answers, { manifest, isModule }: DetectedProject): string {
  const construct = manifest ? 'ManifestTemplate' : 'CiDeployment';
  return `import { App } from 'cdk8s';
import { ${['CiImage', 'NamespacedChart', construct].sort().join(', ')} } from 'cdk8s-ci-deploy';
import { app, targets } from '${targetsModule(isModule)}';

// dist/<environment>/: synthesized in the pipeline, for the image that it has built.
for (const { environment, namespace } of targets) {
  const program = new App({ outdir: \`dist/\${environment}\` });
  new ${construct}(new NamespacedChart(program, app, { namespace }), app, {
${(manifest ? templateProps(manifest) : ['environment,', 'port: 8080,', 'servicePort: 80,']).map((line) => `    ${line}\n`).join('')}    image: CiImage.fromGitlab(${imageOptions(answers)}),
  });
  program.synth();
}
`;
}

function templateProps({ file, placeholder }: NonNullable<DetectedProject['manifest']>): string[] {
  return [`file: ${literal(file)},`, ...placeholder === 'IMAGE' ? [] : [`placeholder: ${literal(placeholder)},`]];
}

/** In CI the project's own registry is allowed; an image from elsewhere needs a word. */
function imageOptions({ builder }: Answers): string {
  const local = 'local: `${app}:local`';
  if (builder.kind !== 'prebuilt') return `{ ${local} }`;
  const { registry, repository } = ImageReference.parse(builder.reference);
  return `{ ${local}, allowedRegistries: [${literal(`${registry}/${repository}`)}] }`;
}
