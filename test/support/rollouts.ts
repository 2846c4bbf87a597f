import { JsonObject } from '../../src/base/json';
import { Clock } from '../../src/cli/base/host';
import { Connection } from '../../src/cli/cluster/connection';
import { KubernetesClient } from '../../src/cli/cluster/kubernetes-client';
import { pathOfObject } from '../../src/cli/cluster/paths';
import { RolloutResult, WaitedObject, WaitOptions } from '../../src/cli/deploy/wait/rollout';
import { waitForRollout } from '../../src/cli/deploy/wait/wait-for-rollout';
import { systemClock } from '../../src/cli/io/clock';
import { resourceOf } from '../../src/kubernetes/kinds';
import { administratorClient } from '../cluster/clients';

/** The result of a wait, and the progress that it reported. */
export interface Waited extends RolloutResult {
  readonly said: readonly string[];
}

/** Settings that replace the default connection: direct, as the administrator, with the clock of the machine. */
export interface RolloutsConnection extends Partial<Connection> {
  readonly token?: string;
  /** The clock of the client. */
  readonly clock?: Clock;
}

/**
 * Applies manifests to one namespace of a cluster and waits for them.
 */
export class Rollouts {
  public static async connect(
    kubeconfig: string, namespace: string, { token, clock = systemClock, ...parts }: RolloutsConnection = {},
  ): Promise<Rollouts> {
    const abort = new AbortController();
    const credentials = token === undefined ? {} : { credentials: { description: 'a token', present: async () => ({ token }) } };
    return new Rollouts(await administratorClient(kubeconfig, { ...credentials, ...parts }, { signal: abort.signal, clock }), namespace, abort);
  }

  private constructor(public readonly cluster: KubernetesClient, public readonly namespace: string, private readonly abort: AbortController) {}

  public async apply(...manifests: readonly object[]): Promise<WaitedObject[]> {
    const applied: WaitedObject[] = [];
    for (const manifest of manifests) applied.push(await this.applyOne(manifest as JsonObject));
    return applied;
  }

  public async wait(objects: readonly WaitedObject[], options: Partial<WaitOptions> = {}): Promise<Waited> {
    const said: string[] = [];
    const result = await waitForRollout(this.cluster, objects, {
      namespace: this.namespace,
      budget: 240_000,
      clock: systemClock,
      signal: this.abort.signal,
      ...options,
      progress: (progress) => {
        said.push(`${progress.ready}/${progress.total} ${progress.workload} ${progress.state}: ${progress.message}`);
        options.progress?.(progress);
      },
    });
    return { ...result, said };
  }

  public close(): void {
    this.abort.abort();
    this.cluster.close();
  }

  private async applyOne(manifest: JsonObject): Promise<WaitedObject> {
    const [apiVersion, kind] = [String(manifest.apiVersion), String(manifest.kind)];
    const resource = resourceOf(apiVersion, kind)?.resource;
    const path = resource === undefined ? this.customPath(manifest) : pathOfObject(manifest, this.namespace);
    const { metadata } = await this.cluster.apply(path, manifest, { force: true });
    const { name, uid } = metadata as { name: string; uid: string };
    return { apiVersion, kind, resource: resource ?? `${kind.toLowerCase()}s`, name, uid };
  }

  private customPath({ apiVersion, kind, metadata }: JsonObject): string {
    return `/apis/${String(apiVersion)}/namespaces/${this.namespace}/${String(kind).toLowerCase()}s/${(metadata as { name: string }).name}`;
  }
}

/**
 * Makes the manifest of a workload with one container.
 */
export function workload(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', name: string, image: string, parts: WorkloadParts = {}): object {
  const { spec, pod, container, annotations } = parts;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels },
    spec: { selector: { matchLabels: labels }, ...spec, template: { metadata: { labels, annotations }, spec: { terminationGracePeriodSeconds: 0, ...pod, containers: [{ name: 'app', image, ...container }] } } },
  };
}

export interface WorkloadParts {
  readonly spec?: object;
  readonly pod?: object;
  readonly container?: object;
  /** The annotations of the pods. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Makes the manifest of a Job with one container.
 */
export function job(name: string, image: string, { spec, pod, container, annotations }: WorkloadParts = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { ...spec, template: { metadata: { annotations }, spec: { restartPolicy: 'Never', ...pod, containers: [{ name: 'app', image, ...container }] } } },
  };
}
