import type { JsonObject } from '../../base/json';

/**
 * A Kubernetes API server, as one credential reaches it. Transient failures are retried within the time budget that the caller set.
 *
 * Paths are those of the API: `/api/v1/namespaces/example/secrets`. Build them by `objectPath` and `collectionPath`.
 * Every method throws `ApiError` when the API server answers no, `HttpError` when somebody else on the way does, and `Unreachable` when
 * nothing is known: no connection, no answer in time, or one that may pass (408, 429, 5xx; `cause` is then the refusal).
 */
export interface KubernetesClient {
  /** The address, for people. */
  readonly server: string;
  /** How many connections and requests there were so far. */
  readonly counts: { readonly connections: number; readonly requests: number };
  /** What the server warned of so far, each once, as it said it: escape it before it is printed. */
  readonly warnings: readonly string[];
  get(path: string, query?: Query): Promise<JsonObject>;
  /** What is not JSON: the log of a pod, as it is, with whatever is in it. */
  text(path: string, query?: Query): Promise<string>;
  /** Retried only as far as the request cannot have had an effect, unless `repeatable` says that twice is as good as once. */
  create(path: string, object: object, options?: CreateOptions): Promise<JsonObject>;
  /** Server-side apply. */
  apply(path: string, object: object, options?: ApplyOptions): Promise<JsonObject>;
  /** A JSON merge patch. */
  merge(path: string, patch: object, options?: Omit<ApplyOptions, 'force'>): Promise<JsonObject>;
  /** Resolves to whether there was something to delete. */
  delete(path: string, options?: DeleteOptions): Promise<boolean>;
  /**
   * What a collection holds, as ADDED, and what happens to it from then on; resumed when the connection ends.
   *
   * @param options `signal` ends this watch alone, which then throws the signal's reason. `listed` is called after everything that the collection
   * held was given, also when it was empty.
   */
  watch(path: string, query?: Query, options?: WatchOptions): AsyncIterable<WatchEvent>;
  /** Which resources the server has. */
  resources(): Promise<readonly ApiResource[]>;
  close(): void;
}

export type Query = { readonly [name: string]: string | undefined };

export interface CreateOptions {
  readonly query?: Query;
  /** Whether it does no harm when the server executes it twice: reviews, and what is found again by its name. */
  readonly repeatable?: boolean;
  /** A user to ask as, for those who may impersonate it. The groups of a ServiceAccount come by themselves. */
  readonly as?: string;
}

export interface ApplyOptions {
  /** Whether nothing is stored; every check of the server is made all the same. */
  readonly dryRun?: boolean;
  /** Whether fields of other managers are taken over. */
  readonly force?: boolean;
  /** By default `cdk8s-ci-deploy`. */
  readonly fieldManager?: string;
}

export interface DeleteOptions {
  readonly dryRun?: boolean;
  /** Delete this very object, none that came after it under the same name. */
  readonly uid?: string;
  /** Delete it only as it was read. */
  readonly resourceVersion?: string;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
}

export interface WatchOptions {
  readonly signal?: AbortSignal;
  readonly listed?: () => void;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
}

/**
 * One resource that the server serves, without subresources.
 */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural, as in paths and RBAC rules. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}
