import { Answers } from '../../../src/cli/init/answers';
import { DetectedProject } from '../../../src/cli/init/detect-project';

export const EMPTY_FOLDER: DetectedProject = { isHugoSite: false, hasDockerfile: false, hasPipeline: false, isModule: false };

export const AGENT: Answers['credential'] = { kind: 'agent', agent: 'infra/agents:production', serviceAccount: { namespace: 'gitlab-agent', name: 'production' } };
export const OIDC = {
  kind: 'oidc', issuer: 'https://gitlab.example.com', projectId: 42, audience: 'kubernetes-web', server: 'https://203.0.113.1:6443',
} as const;

/** The answers for an application with two targets. */
export function answersOf(more: Partial<Answers> = {}): Answers {
  return {
    app: 'web',
    targets: [
      { environment: 'staging', namespace: 'web-staging', protectedRefsOnly: false },
      { environment: 'production', namespace: 'web', protectedRefsOnly: true },
    ],
    builder: { kind: 'buildah' },
    credential: { kind: 'kubeconfig' },
    ...more,
  };
}
