import type { Answers, CredentialAnswer, TargetAnswer } from './answers';
import type { DetectedProject } from './detect-project';
import { pipelineFile } from './pipeline-program';

/**
 * What is left to do, as a README.
 */
export function nextSteps(answers: Answers, surroundings: DetectedProject): string {
  const steps = [
    '`npm install`, and commit `package-lock.json`: the pipeline runs `npm ci`.',
    ...answers.builder.kind === 'prebuilt' || surroundings.hasDockerfile || surroundings.isHugoSite ? [] : ['Write a `Dockerfile`: the image job builds it.'],
    ...surroundings.manifest ? [] : ['Look at `main.ts`: port 8080 and no health check are guesses.'],
    'An administrator of the cluster, once:\n\n'
      + indented(['```sh', 'npm run access', ...accessCommands(answers), '```']),
    'Protect the default branch in GitLab: a protected target is deployed to from protected refs only.',
    ...surroundings.hasPipeline ? [`Add to \`.gitlab-ci.yml\`:\n\n${indented(includeLines(surroundings))}`] : [],
    '`npm run check` (types, and that the pipeline file is what `pipeline.ts` says), commit, and push.',
  ];
  return `# ${answers.app}

Deployed by GitLab CI into ${answers.targets.map(({ environment, namespace }) => `namespace \`${namespace}\` (${environment})`).join(' and ')}, and nowhere else.

| file | what it is |
|---|---|
| \`targets.ts\` | environments and namespaces, the values that everything else shares |
| \`access.ts\` | who may deploy there → \`dist/access-<environment>.yaml\`, applied once by an administrator |
| \`main.ts\` | what is deployed → \`dist/<environment>/\`, synthesized in the pipeline |
| \`pipeline.ts\` | the pipeline → \`${pipelineFile(surroundings)}\`: change this one, run \`npm run pipeline\`, commit both |

## Next steps

${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}
`;
}

/**
 * What an existing pipeline has to say for the new one to be part of it.
 */
export function includeLines(surroundings: DetectedProject): string[] {
  return ['```yaml', 'include:', `  - local: ${pipelineFile(surroundings)}`, '# and among its stages, if it has a list of them: build, image, synth, deploy', '```'];
}

function accessCommands({ targets, credential, project }: Answers): string[] {
  return targets.flatMap((target) => accessCommand(target, credential, project ?? 'GROUP/PROJECT'));
}

function accessCommand({ environment }: TargetAnswer, credential: CredentialAnswer, project: string): string[] {
  const file = `dist/access-${environment.replace(/[^A-Za-z0-9]+/g, '-')}.yaml`;
  if (credential.kind === 'agent') return [`kubectl apply -f ${file}`];
  if (credential.kind === 'oidc') return [`npx cdk8s-ci-deploy grant ${file}`];
  return [`GITLAB_TOKEN=… npx cdk8s-ci-deploy grant ${file} --project ${project} --environment '${environment}'`];
}

function indented(lines: string[]): string {
  return lines.map((line) => `   ${line}`).join('\n');
}
