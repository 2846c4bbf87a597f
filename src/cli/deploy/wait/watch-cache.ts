import type { JsonObject } from '../../../base/json';
import { HttpError } from '../../base/failure';
import type { Clock } from '../../base/host';
import type { KubernetesClient, Query } from '../../cluster/kubernetes-client';
import { isTransient } from '../../http/network-errors';
import { uidOf } from '../objects/fields';

/**
 * A collection that is watched.
 */
export interface Watched {
  /** `pods in example`, for people. */
  readonly title: string;
  readonly path: string;
  readonly query?: Query;
  /** Whether it does without: told when the credential may not watch it. */
  readonly optional?: (title: string) => void;
  /** The objects to ask for one by one when the credential may not watch them all, and who is told so. */
  readonly oneByOne?: { readonly paths: readonly string[]; readonly instead: (title: string) => void };
}

/**
 * What collections hold, kept up to date by one watch each for as long as it is needed, whatever happens to the connections.
 */
export class WatchCache {
  private readonly abort = new AbortController();
  private readonly ended: AbortSignal;
  private failure: { readonly error: unknown } | undefined;
  private woken = false;
  private wake?: () => void;

  public constructor(private readonly cluster: KubernetesClient, private readonly clock: Clock, signal: AbortSignal) {
    this.ended = AbortSignal.any([signal, this.abort.signal]);
  }

  /** The objects of a collection, by uid, from now on. */
  public watch(watched: Watched): Observed {
    const observed = new Observed();
    this.run(this.follow(watched, observed));
    return observed;
  }

  /** Takes part in what is waited for: its end is a change, and its failure one of the observation. */
  public run(task: Promise<void>): void {
    const failed = (error: unknown) => {
      if (!this.ended.aborted) this.failure = { error };
    };
    void task.catch(failed).then(() => this.changed());
  }

  /** Resolves when something has changed since the last call, or so many milliseconds later. Throws what ended a watch. */
  public async change(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const time = this.clock.sleep(milliseconds, AbortSignal.any([this.ended, timer.signal]));
    try {
      if (!this.woken) await Promise.race([time, new Promise<void>((resolve) => { this.wake = resolve; })]);
    } finally {
      timer.abort();
      time.catch(() => undefined);
    }
    this.woken = false;
    this.ended.throwIfAborted();
    if (this.failure) throw this.failure.error;
  }

  /** Ends all watches. */
  public end(): void {
    this.abort.abort();
  }

  private async follow(watched: Watched, observed: Observed): Promise<void> {
    const { title, path, query, optional, oneByOne } = watched;
    for (;;) {
      try {
        const listed = () => {
          observed.isListed = true;
          this.changed();
        };
        for await (const { type, object } of this.cluster.watch(path, query, { signal: this.ended, listed })) {
          observed.take(type, object);
          this.changed();
        }
      } catch (error) {
        if (this.ended.aborted) return;
        if (optional && error instanceof HttpError && [403, 404].includes(error.code)) {
          observed.isListed = true;
          return optional(title);
        }
        if (oneByOne && error instanceof HttpError && error.code === 403) return this.askOneByOne(oneByOne, title, observed);
        if (!isTransient(error)) throw error;
      }
      // It begins with a list again: what was deleted in the meantime must not stay.
      observed.clear();
      await this.clock.sleep(PAUSE, this.ended);
    }
  }

  private async askOneByOne({ paths, instead }: NonNullable<Watched['oneByOne']>, title: string, observed: Observed): Promise<void> {
    instead(title);
    for (;;) {
      const objects = await Promise.all(paths.map(async (path) => this.ask(path)));
      if (this.ended.aborted) return;
      // What is not answered in passing is taken for as it was.
      const failed = objects.some((object) => object === undefined);
      if (!failed) observed.clear();
      for (const object of objects) if (object && object !== 'gone') observed.take('MODIFIED', object);
      this.changed();
      await this.clock.sleep(PAUSE, this.ended);
    }
  }

  private async ask(path: string): Promise<JsonObject | 'gone' | undefined> {
    try {
      return await this.cluster.get(path);
    } catch (error) {
      if (error instanceof HttpError && error.code === 404) return 'gone';
      if (isTransient(error) || this.ended.aborted) return undefined;
      throw error;
    }
  }

  private changed(): void {
    this.woken = true;
    this.wake?.();
  }
}

/** Milliseconds between two attempts, when a watch has given up after its own. */
const PAUSE = 1_000;

/**
 * The objects of a watched collection.
 */
export class Observed {
  /** Whether everything that the collection held is known, as far as the credential may see it. */
  public isListed = false;
  public readonly deleted = new Set<string>();
  private readonly objects = new Map<string, JsonObject>();

  public take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: JsonObject): void {
    const uid = uidOf(object);
    if (type === 'DELETED') {
      this.objects.delete(uid);
      this.deleted.add(uid);
    } else {
      this.objects.set(uid, object);
    }
  }

  public clear(): void {
    this.isListed = false;
    this.objects.clear();
  }

  public all(): IterableIterator<JsonObject> {
    return this.objects.values();
  }

  public get(uid: string): JsonObject | undefined {
    return this.objects.get(uid);
  }
}
