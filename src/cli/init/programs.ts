import type { Answers, CredentialAnswer } from './answers';
import type { DetectedProject } from './detect-project';
import { ImageReference } from '../../image/image-reference';

/**
 * A string literal of TypeScript, in single quotes.
 */
export function literal(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, '\\\'')}'`;
}

/**
 * An object literal on one line, without undefined fields.
 *
 * @param fields The values as source text.
 */
export function objectLiteral(fields: { readonly [key: string]: string | undefined }): string {
  const defined = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return `{ ${defined.map(([key, text]) => `${key}: ${text}`).join(', ')} }`;
}

/**
 * targets.ts: the values that the other programs share.
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
 * The specifier under which the other programs import targets.ts. In an ECMAScript module it names the compiled file.
 */
export function targetsModule(isModule: boolean): string {
  return isModule ? './targets.js' : './targets';
}

/**
 * access.ts: the access manifests, which an administrator applies once.
 */
export function accessProgram({ credential }: Answers, { manifest, isModule }: DetectedProject): string {
  const identity = identityOf(credential);
  // CiDeployment meets this level. A manifest may not.
  const labels = manifest ? [] : ['    namespaceLabels: { \'pod-security.kubernetes.io/enforce\': \'restricted\' },'];
  return `import { App, Chart } from 'cdk8s';
import { ${[...identity === undefined ? [] : ['DeployerIdentity'], 'NamespaceDeployer'].join(', ')} } from 'cdk8s-ci-deploy';
import { targets } from '${targetsModule(isModule)}';

// Writes dist/access-<environment>.yaml. An administrator applies these files once.
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
 * main.ts: the workload, which the pipeline synthesizes.
 */
export function mainProgram(answers: Answers, { manifest, isModule }: DetectedProject): string {
  const construct = manifest ? 'ManifestTemplate' : 'CiDeployment';
  return `import { App } from 'cdk8s';
import { ${['CiImage', 'NamespacedChart', construct].sort().join(', ')} } from 'cdk8s-ci-deploy';
import { app, targets } from '${targetsModule(isModule)}';

// Writes dist/<environment>/ in the pipeline, with the image that the pipeline built.
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

/** In CI only images of the project's registry are allowed. A prebuilt image needs its repository in the list. */
function imageOptions({ builder }: Answers): string {
  const local = 'local: `${app}:local`';
  if (builder.kind !== 'prebuilt') return `{ ${local} }`;
  const { registry, repository } = ImageReference.parse(builder.reference);
  return `{ ${local}, allowedRegistries: [${literal(`${registry}/${repository}`)}] }`;
}
