import { NamespaceSnapshot } from './namespace-snapshot';
import { WaitedObject, WaitOptions, WORKLOADS } from './rollout';
import { CachedCollection, WatchCache } from './watch-cache';
import type { JsonObject } from '../../../base/json';
import { kindName, parseApiVersion } from '../../../kubernetes/kinds';
import { Failure, HttpError } from '../../base/failure';
import type { KubernetesClient, Query } from '../../cluster/kubernetes-client';
import { collectionPath } from '../../cluster/paths';
import { uidOf } from '../objects/fields';

/**
 * Watches the objects of a rollout and, as soon as they are needed, the pods, ReplicaSets and warnings of the namespace.
 */
export class RolloutWatch {
  /** What the credential may not watch, in sentences. */
  public readonly notes: string[] = [];

  private readonly collections = new Map<string, CachedCollection>();
  private readonly deletedUids = new Set<string>();
  private podsAndReplicaSets: readonly CachedCollection[] = [];
  private events: CachedCollection | undefined;
  private isChecking = false;

  public constructor(
    private readonly cluster: KubernetesClient,
    private readonly objects: readonly WaitedObject[],
    private readonly options: Pick<WaitOptions, 'namespace' | 'selector'>,
    private readonly cache: WatchCache,
  ) {}

  /** Starts one watch for each kind of the objects. */
  public start(): void {
    for (const [path, query] of this.queries()) this.collections.set(path, this.watchObjects(path, query));
  }

  /** The object in the cluster: `undefined` before the watch has shown it, `deleted` when it no longer exists. */
  public live(object: WaitedObject): JsonObject | 'deleted' | undefined {
    const collection = this.collections.get(this.pathOf(object));
    return collection?.get(object.uid) ?? (collection?.deletedUids.has(object.uid) || this.deletedUids.has(object.uid) ? 'deleted' : undefined);
  }

  /** The pods, ReplicaSets and warnings of the namespace. It is empty before `watchPods`. */
  public get snapshot(): NamespaceSnapshot {
    const isComplete = this.events !== undefined && [...this.podsAndReplicaSets, this.events].every(({ hasSynced }) => hasSynced);
    return new NamespaceSnapshot(this.podsAndReplicaSets.flatMap((collection) => [...collection.all()]), this.events?.all() ?? [], isComplete);
  }

  /** Starts to watch pods, ReplicaSets and warnings. Further calls do nothing. */
  public watchPods(): void {
    if (this.events) return;
    const kinds = new Set(this.objects.map(({ apiVersion, kind }) => kindName(apiVersion, kind)));
    const resources = [
      ...kinds.has('Deployment.apps') ? [{ group: 'apps', version: 'v1', resource: 'replicasets' }] : [],
      ...[...kinds].some((kind) => WORKLOADS.has(kind)) ? [{ group: '', version: 'v1', resource: 'pods' }] : [],
    ];
    this.podsAndReplicaSets = resources.map((resource) => this.watchOptional(resource));
    this.events = this.watchOptional({ group: '', version: 'v1', resource: 'events' }, { fieldSelector: 'type=Warning' });
  }

  /**
   * Reads an object that the watch has not shown: it may have been deleted before the watch began.
   * This is rare, so one object is read at a time.
   */
  public checkExists(object: WaitedObject): void {
    if (!this.isChecking) this.cache.run(this.read(object));
  }

  private async read(object: WaitedObject): Promise<void> {
    this.isChecking = true;
    try {
      const found = await this.cluster.get(this.objectPath(object));
      if (uidOf(found) !== object.uid) this.deletedUids.add(object.uid);
    } catch (error) {
      if (error instanceof HttpError && error.code === 404) this.deletedUids.add(object.uid);
      if (!(error instanceof Failure)) throw error;
    } finally {
      this.isChecking = false;
    }
  }

  /** By path: a single object is selected by its name, several by the label selector. */
  private queries(): Map<string, Query> {
    const queries = new Map<string, Query>();
    for (const object of this.objects) {
      const path = this.pathOf(object);
      const isFirst = !queries.has(path);
      queries.set(path, isFirst ? { fieldSelector: `metadata.name=${object.name}` } : { labelSelector: this.options.selector });
    }
    return queries;
  }

  /** A credential that may not watch a kind may still be allowed to read single objects. */
  private watchObjects(path: string, query: Query): CachedCollection {
    const objects = this.objects.filter((object) => this.pathOf(object) === path);
    const title = objects[0]?.resource ?? path;
    const onStart = () => this.notes.push(`the credential may not watch ${title}: they were read once a second instead`);
    return this.cache.watch({ title, path, query, polling: { paths: objects.map((object) => this.objectPath(object)), onStart } });
  }

  private watchOptional(resource: { readonly group: string; readonly version: string; readonly resource: string }, query?: Query): CachedCollection {
    const { namespace } = this.options;
    const onForbidden = (title: string) => this.notes.push(`the credential may not watch ${title}: this report leaves them out`);
    return this.cache.watch({ title: `${resource.resource} in ${namespace}`, path: collectionPath({ ...resource, namespace }), query, onForbidden });
  }

  private objectPath(object: WaitedObject): string {
    return `${this.pathOf(object)}/${encodeURIComponent(object.name)}`;
  }

  private pathOf({ apiVersion, resource }: WaitedObject): string {
    const { group, version } = parseApiVersion(apiVersion);
    return collectionPath({ group, version, resource, namespace: this.options.namespace });
  }
}
