import { checkedPins, type ClusterPinOptions, pinLines, pinOptions } from './cluster-pins';
import type { CredentialKind } from './job-credential';
import { userError, show } from '../../base/user-error';
import { shellWord } from '../jobs/shell';

/**
 * Options of a context of GitLab's agent.
 */
export interface GitlabAgentOptions extends ClusterPinOptions {
  /**
   * `<path of the agent's project>:<name of the agent>`.
   */
  readonly agent: string;
}

/**
 * A context of GitLab's agent. GitLab puts a kubeconfig with it into each job of a project that may use the agent.
 */
export function gitlabAgent({ agent, ...options }: GitlabAgentOptions): CredentialKind {
  if (!/^[\w.-]+(?:\/[\w.-]+)*:[\w.-]+$/.test(agent) || agent.startsWith('-')) {
    throw userError({
      at: 'agent',
      given: `it is ${show(agent)}`,
      expected: 'the path of the agent\'s project and its name, as "group/infra:prod"',
      fix: 'copy both from the page "Operate > Kubernetes clusters" of the agent\'s project',
    });
  }
  const pins = checkedPins(options);
  const context = ['--context', shellWord(agent)];
  const common = { keywords: {}, cleanup: [], credential: { variable: 'KUBECONFIG', kind: `GitLab agent ${agent}`, source: 'agent' } } as const;
  return {
    forCommand: ({ namespace }) => ({ ...common, setup: [], options: [...context, '--namespace', namespace, ...pinOptions(pins)] }),
    forKubectl: () => ({ ...common, setup: pinLines(pins, context), options: context }),
  };
}
