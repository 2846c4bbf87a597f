import { JsonObject } from '../../src/base/json';
import { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';

/** The part of a pod's status that is read. */
interface PodStatus {
  readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }>;
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly state?: { readonly waiting?: { readonly reason?: string }; readonly terminated?: object };
  readonly restartCount: number;
}

/**
 * Records when the kubelet or the scheduler first reported a problem of each pod of a namespace. For a crashing container it records the last end.
 */
export class PodReports {
  private readonly first = new Map<string, number>();

  public constructor(cluster: KubernetesClient, namespace: string) {
    void this.follow(cluster, namespace).catch(() => undefined);
  }

  /** The time since the report, `3.1 s`, or `nothing reported`. */
  public secondsSince(pod = ''): string {
    const first = this.first.get(pod);
    return first === undefined ? 'nothing reported' : `${((Date.now() - first) / 1000).toFixed(1)} s`;
  }

  private async follow(cluster: KubernetesClient, namespace: string): Promise<void> {
    for await (const { object } of cluster.watch(`/api/v1/namespaces/${namespace}/pods`)) {
      const { name } = object.metadata as { name: string };
      const report = reportOf(object);
      if (report !== undefined && !this.first.has(`${name} ${report}`)) {
        this.first.set(`${name} ${report}`, Date.now());
        if (report.startsWith('ended') || !this.first.has(name)) this.first.set(name, Date.now());
      }
    }
  }
}

function reportOf(pod: JsonObject): string | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = (pod.status ?? {}) as unknown as PodStatus;
  if (conditions.some(({ type, status }) => type === 'PodScheduled' && status === 'False')) return 'unschedulable';
  for (const { state, restartCount } of [...initContainerStatuses, ...containerStatuses]) {
    if (state?.terminated) return `ended ${restartCount}`;
    const reason = state?.waiting?.reason;
    if (reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing') return 'waiting';
  }
  return undefined;
}
