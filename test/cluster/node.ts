import { ApiServer } from './api-server';
import { Processes } from './processes';

/** Adds a node to a control plane. Resolves when pods can run on it. */
export type NodeStarter = (processes: Processes, api: ApiServer) => Promise<NodeParts>;

export interface NodeParts {
  /** The registry of the node: `127.0.0.1:PORT`, by plain HTTP. */
  readonly registry?: string;
}

/** Whether the condition Ready of a Node is True. */
export function isReady(json: string): boolean {
  const { status } = JSON.parse(json) as { status?: { conditions?: Array<{ type: string; status: string }> } };
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}
