import { checkedPins, ClusterPins, pinLines, pinOptions } from './cluster-pins';
import type { CredentialKind } from './credential-use';
import { userError, show } from '../../base/user-error';
import { word } from '../jobs/shell';

/**
 * A context of the kubeconfig that GitLab puts into each job of a project with an agent.
 *
 * @param agent `<path of the agent's project>:<name of the agent>`.
 */
export function gitlabAgent(agent: string, given: ClusterPins): CredentialKind {
  if (!/^[\w.-]+(?:\/[\w.-]+)*:[\w.-]+$/.test(agent) || agent.startsWith('-')) {
    throw userError({ at: 'agent', given: `it is ${show(agent)}`, expected: 'the path of the agent\'s project and its name, as "group/infra:prod"', fix: 'correct it' });
  }
  const pins = checkedPins(given);
  const context = ['--context', word(agent)];
  const common = { keywords: {}, after: [], holds: { variable: 'KUBECONFIG', kind: `GitLab agent ${agent}`, source: 'agent' } } as const;
  return {
    forCommand: ({ namespace }) => ({ ...common, before: [], options: [...context, '--namespace', namespace, ...pinOptions(pins)] }),
    forKubectl: () => ({ ...common, before: pinLines(pins, context), options: context }),
  };
}
