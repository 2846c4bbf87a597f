import type { JsonObject } from '../../../base/json';
import { HttpError } from '../../base/failure';
import type { Clock } from '../../base/host';
import type { KubernetesClient, Query } from '../../cluster/kubernetes-client';
import { isTransient } from '../../http/network-errors';
import { uidOf } from '../objects/fields';

/**
 * A collection to watch.
 */
export interface WatchedCollection {
  /** The name in messages: `pods in example`. */
  readonly title: string;
  readonly path: string;
  readonly query?: Query;
  /**
   * Called when the credential may not watch the collection, or the server does not have it. The collection then stays empty.
   *
   * @default - the wait fails
   */
  readonly onForbidden?: (title: string) => void;
  /**
   * The objects to read once a second when the credential may not watch the collection. `onStart` is called before the first read.
   *
   * @default - the wait fails
   */
  readonly polling?: { readonly paths: readonly string[]; readonly onStart: (title: string) => void };
}

/**
 * Keeps collections up to date with one watch each, as client-go's informers do. It lists again after every interruption.
 */
export class WatchCache {
  private readonly abort = new AbortController();
  private readonly stopped: AbortSignal;
  private failure: { readonly error: unknown } | undefined;
  private hasChanged = false;
  private wake?: () => void;

  public constructor(private readonly cluster: KubernetesClient, private readonly clock: Clock, signal: AbortSignal) {
    this.stopped = AbortSignal.any([signal, this.abort.signal]);
  }

  /** Starts to watch a collection. */
  public watch(watched: WatchedCollection): CachedCollection {
    const collection = new CachedCollection();
    this.run(this.follow(watched, collection));
    return collection;
  }

  /** Runs a task beside the watches: `nextChange` returns when the task ends, and throws its error. */
  public run(task: Promise<void>): void {
    const failed = (error: unknown) => {
      if (!this.stopped.aborted) this.failure = { error };
    };
    void task.catch(failed).then(() => this.changed());
  }

  /**
   * Resolves when a collection has changed since the last call, at the latest after this many milliseconds.
   *
   * @throws The error that ended a watch or a task.
   */
  public async nextChange(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const time = this.clock.sleep(milliseconds, AbortSignal.any([this.stopped, timer.signal]));
    try {
      if (!this.hasChanged) await Promise.race([time, new Promise<void>((resolve) => { this.wake = resolve; })]);
    } finally {
      timer.abort();
      time.catch(() => undefined);
    }
    this.hasChanged = false;
    this.stopped.throwIfAborted();
    if (this.failure) throw this.failure.error;
  }

  /** Ends all watches. */
  public stop(): void {
    this.abort.abort();
  }

  private async follow(watched: WatchedCollection, collection: CachedCollection): Promise<void> {
    const { title, path, query, onForbidden, polling } = watched;
    const listed = () => {
      collection.hasSynced = true;
      this.changed();
    };
    for (;;) {
      try {
        for await (const { type, object } of this.cluster.watch(path, query, { signal: this.stopped, listed })) {
          collection.update(type, object);
          this.changed();
        }
      } catch (error) {
        if (this.stopped.aborted) return;
        if (onForbidden && error instanceof HttpError && [403, 404].includes(error.code)) {
          collection.hasSynced = true;
          return onForbidden(title);
        }
        if (polling && error instanceof HttpError && error.code === 403) return this.poll(polling, title, collection);
        if (!isTransient(error)) throw error;
      }
      // The next watch begins with a list, which does not show objects that were deleted in between.
      collection.clear();
      await this.clock.sleep(PAUSE, this.stopped);
    }
  }

  private async poll({ paths, onStart }: NonNullable<WatchedCollection['polling']>, title: string, collection: CachedCollection): Promise<void> {
    onStart(title);
    for (;;) {
      const objects = await Promise.all(paths.map(async (path) => this.read(path)));
      if (this.stopped.aborted) return;
      // On a temporary error, keep the last known state.
      const hasFailed = objects.some((object) => object === undefined);
      if (!hasFailed) collection.clear();
      for (const object of objects) if (object && object !== 'deleted') collection.update('MODIFIED', object);
      this.changed();
      await this.clock.sleep(PAUSE, this.stopped);
    }
  }

  /** Gives `undefined` on a temporary error. */
  private async read(path: string): Promise<JsonObject | 'deleted' | undefined> {
    try {
      return await this.cluster.get(path);
    } catch (error) {
      if (error instanceof HttpError && error.code === 404) return 'deleted';
      if (isTransient(error) || this.stopped.aborted) return undefined;
      throw error;
    }
  }

  private changed(): void {
    this.hasChanged = true;
    this.wake?.();
  }
}

/** Milliseconds between two polls, and between two watches. The client has retried each of them before. */
const PAUSE = 1_000;

/**
 * The objects of a watched collection, by uid.
 */
export class CachedCollection {
  /** Whether the first list is complete, as far as the credential may read it. */
  public hasSynced = false;
  public readonly deletedUids = new Set<string>();
  private readonly objects = new Map<string, JsonObject>();

  public update(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: JsonObject): void {
    const uid = uidOf(object);
    if (type === 'DELETED') {
      this.objects.delete(uid);
      this.deletedUids.add(uid);
    } else {
      this.objects.set(uid, object);
    }
  }

  public clear(): void {
    this.hasSynced = false;
    this.objects.clear();
  }

  public all(): IterableIterator<JsonObject> {
    return this.objects.values();
  }

  public get(uid: string): JsonObject | undefined {
    return this.objects.get(uid);
  }
}
