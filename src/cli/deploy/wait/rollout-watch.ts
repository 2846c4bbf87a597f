import { NamespaceSnapshot } from './namespace-snapshot';
import type { WaitedObject, WaitOptions } from './rollout';
import { WatchCache, Observed } from './watch-cache';
import type { JsonObject } from '../../../base/json';
import { parseApiVersion } from '../../../kubernetes/api-version';
import { kindName } from '../../../kubernetes/kinds';
import { Failure, HttpError } from '../../base/failure';
import type { KubernetesClient, Query } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { uidOf } from '../objects/fields';

/**
 * The waited objects as they are in the cluster, and what there is around them: pods, ReplicaSets and warnings, as soon as they are needed.
 */
export class RolloutWatch {
  /** What the credential may not see. */
  public readonly notes: string[] = [];

  private readonly workloads = new Map<string, Observed>();
  private readonly lost = new Set<string>();
  private owned: readonly Observed[] = [];
  private events: Observed | undefined;
  private looking = false;

  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly objects: readonly WaitedObject[],
    private readonly options: Pick<WaitOptions, 'namespace' | 'selector'>,
    private readonly observation: WatchCache,
  ) {
    for (const [path, query] of this.collections()) this.workloads.set(path, this.watchWorkloads(path, query));
  }

  /** An object: nothing as long as it has not been seen, `gone` when it is not there any more. */
  public current(object: WaitedObject): JsonObject | 'gone' | undefined {
    const observed = this.workloads.get(this.pathOf(object));
    return observed?.get(object.uid) ?? (observed?.deleted.has(object.uid) || this.lost.has(object.uid) ? 'gone' : undefined);
  }

  public get seen(): NamespaceSnapshot {
    const isComplete = this.events !== undefined && [...this.owned, this.events].every(({ isListed }) => isListed);
    return new NamespaceSnapshot(this.owned.flatMap((observed) => [...observed.all()]), this.events?.all() ?? [], isComplete);
  }

  /** Begins to watch what is around the objects, unless that is done already. */
  public needed(): void {
    if (this.events) return;
    const kinds = new Set(this.objects.map(({ apiVersion, kind }) => kindName(apiVersion, kind)));
    const resources = [
      ...kinds.has('Deployment.apps') ? [{ group: 'apps', version: 'v1', resource: 'replicasets' }] : [],
      ...[...kinds].some((kind) => WITH_PODS.has(kind)) ? [{ group: '', version: 'v1', resource: 'pods' }] : [],
    ];
    this.owned = resources.map((resource) => this.watchOptional(resource));
    this.events = this.watchOptional({ group: '', version: 'v1', resource: 'events' }, { fieldSelector: 'type=Warning' });
  }

  /** Asks for an object that its watch does not tell of: it was deleted before the watch began. One at a time, as this hardly happens. */
  public lookFor(object: WaitedObject): void {
    if (!this.looking) this.observation.run(this.ask(object));
  }

  private async ask(object: WaitedObject): Promise<void> {
    this.looking = true;
    try {
      const found = await this.cluster.get(this.objectPath(object));
      if (uidOf(found) !== object.uid) this.lost.add(object.uid);
    } catch (error) {
      if (error instanceof HttpError && error.code === 404) this.lost.add(object.uid);
      if (!(error instanceof Failure)) throw error;
    } finally {
      this.looking = false;
    }
  }

  private collections(): Map<string, Query> {
    const collections = new Map<string, Query>();
    for (const object of this.objects) {
      const path = this.pathOf(object);
      const isAlone = !collections.has(path);
      collections.set(path, isAlone ? { fieldSelector: `metadata.name=${object.name}` } : { labelSelector: this.options.selector });
    }
    return collections;
  }

  /** Who may not watch them may still read those that it has applied. */
  private watchWorkloads(path: string, query: Query): Observed {
    const objects = this.objects.filter((object) => this.pathOf(object) === path);
    const title = objects[0]?.resource ?? path;
    const instead = () => this.notes.push(`${title} may not be watched, so they were asked for every second`);
    return this.observation.watch({ title, path, query, oneByOne: { paths: objects.map((object) => this.objectPath(object)), instead } });
  }

  private objectPath(object: WaitedObject): string {
    return `${this.pathOf(object)}/${encodeURIComponent(object.name)}`;
  }

  private pathOf({ apiVersion, resource }: WaitedObject): string {
    const { group, version } = parseApiVersion(apiVersion);
    return collectionPath({ group, version, resource, namespace: this.options.namespace });
  }

  private watchOptional(resource: { readonly group: string; readonly version: string; readonly resource: string }, query?: Query): Observed {
    const { namespace } = this.options;
    const optional = (title: string) => this.notes.push(`${title} may not be watched, so what they say is missing here`);
    return this.observation.watch({ title: `${resource.resource} in ${namespace}`, path: collectionPath({ ...resource, namespace }), query, optional });
  }
}

const WITH_PODS = new Set(['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps', 'Job.batch']);
