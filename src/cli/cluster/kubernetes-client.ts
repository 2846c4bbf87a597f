import type { JsonObject } from '../../base/json';

/**
 * A Kubernetes API server, as one credential reaches it. It retries temporary errors within a time budget.
 *
 * Build paths with `objectPath` and `collectionPath`: `/api/v1/namespaces/example/secrets`.
 * Every method throws `ApiError` when the API server rejects the request, and `HttpError` when another server on the way does. It throws
 * `Unreachable` when the result is unknown: no connection, a timeout, or a temporary error (408, 429, 5xx, which is then its `cause`).
 */
export interface KubernetesClient {
  /** The address, for people. */
  readonly server: string;
  /** The number of connections and requests so far. */
  readonly counts: { readonly connections: number; readonly requests: number };
  /** The server's warnings so far, without duplicates. Escape them before you print them. */
  readonly warnings: readonly string[];
  get(path: string, query?: Query): Promise<JsonObject>;
  /** Reads a resource that is not JSON, such as the log of a pod. The text is not escaped. */
  text(path: string, query?: Query): Promise<string>;
  /** Creates an object. Retries only if the server cannot have acted on the request, or if `repeatable` is set. */
  create(path: string, object: object, options?: CreateOptions): Promise<JsonObject>;
  /** Server-side apply. */
  apply(path: string, object: object, options?: ApplyOptions): Promise<JsonObject>;
  /** JSON merge patch. */
  merge(path: string, patch: object, options?: Omit<ApplyOptions, 'force'>): Promise<JsonObject>;
  /** Resolves to whether the object existed. */
  delete(path: string, options?: DeleteOptions): Promise<boolean>;
  /**
   * The objects of a collection as ADDED, then its changes. The watch resumes when the connection ends.
   */
  watch(path: string, query?: Query, options?: WatchOptions): AsyncIterable<WatchEvent>;
  /** The resources that the server serves. */
  resources(): Promise<readonly ApiResource[]>;
  close(): void;
}

export type Query = { readonly [name: string]: string | undefined };

export interface CreateOptions {
  readonly query?: Query;
  /** Whether the request is safe to execute twice: access reviews, and objects with a fixed name. @default false */
  readonly repeatable?: boolean;
  /** The user to impersonate. The server adds the groups of a ServiceAccount. */
  readonly as?: string;
}

export interface ApplyOptions {
  /** Whether the server only checks the request and stores nothing. */
  readonly dryRun?: boolean;
  /** Whether to take over fields of other field managers. */
  readonly force?: boolean;
  /** @default cdk8s-ci-deploy */
  readonly fieldManager?: string;
}

export interface DeleteOptions {
  readonly dryRun?: boolean;
  /** Precondition: protects an object that was created later under the same name. */
  readonly uid?: string;
  /** Precondition: the object has not changed since it was read. */
  readonly resourceVersion?: string;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
}

export interface WatchOptions {
  /** Ends this watch, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after the first list, also if it was empty. */
  readonly listed?: () => void;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: JsonObject;
}

/**
 * A resource that the server serves. Subresources are not included.
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
