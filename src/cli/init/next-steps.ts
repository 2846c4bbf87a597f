import type { Answers, CredentialAnswer, TargetAnswer } from './answers';
import type { DetectedProject } from './detect-project';
import { pipelineFile } from './pipeline-program';

/**
 * DEPLOYING.md: the remaining steps.
 */
export function nextSteps(answers: Answers, detected: DetectedProject): string {
  const steps = [
    'Run `npm install`, and commit `package-lock.json`: the pipeline runs `npm ci`.',
    ...answers.builder.kind === 'prebuilt' || detected.hasDockerfile || detected.isHugoSite ? [] : ['Write a `Dockerfile`: the image job builds it.'],
    ...detected.manifest ? [] : ['Check `main.ts`: port 8080 and no health check are guesses.'],
    'An administrator of the cluster runs once:\n\n'
      + indented(['```sh', 'npm run access', ...accessCommands(answers), '```']),
    'Protect the default branch in GitLab: only protected refs deploy to a protected target.',
    ...detected.hasPipeline ? [`Add to \`.gitlab-ci.yml\`:\n\n${indented(includeLines(detected))}`] : [],
    'Run `npm run check`, which checks types and that the pipeline file is up to date. Commit, and push.',
  ];
  return `# ${answers.app}

GitLab CI deploys this application into ${answers.targets.map(({ environment, namespace }) => `namespace \`${namespace}\` (${environment})`).join(' and ')}, and nowhere else.

| file | content |
|---|---|
| \`targets.ts\` | environments and namespaces, which the other programs share |
| \`access.ts\` | who may deploy → \`dist/access-<environment>.yaml\`, which an administrator applies once |
| \`main.ts\` | the workload → \`dist/<environment>/\`, which the pipeline synthesizes |
| \`pipeline.ts\` | the pipeline → \`${pipelineFile(detected)}\`: change \`pipeline.ts\`, run \`npm run pipeline\`, and commit both |

## Next steps

${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}

## Updates

\`${pipelineFile(detected)}\` has the SHA-256 of the command, which changes with each release of cdk8s-ci-deploy. After an update, run \`npm run pipeline\` and commit
the file. \`renovate.json\` lets Renovate do that, if its administrator allows the two commands in it (\`allowedCommands\`).
`;
}

/**
 * The lines of an existing pipeline that include the new one.
 */
export function includeLines(detected: DetectedProject): string[] {
  return ['```yaml', 'include:', `  - local: ${pipelineFile(detected)}`, '# If it lists stages, add: build, image, synth, deploy', '```'];
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
