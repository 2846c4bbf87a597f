import type { ApiClient } from './api-client';
import type { Query, WatchEvent, WatchOptions } from './kubernetes-client';
import { describeRequest } from './paths';
import { ApiError, objectOf, statusError } from './status';
import { isObject, Json, JsonObject, parseObject } from '../../base/json';
import { HttpError, Unreachable } from '../base/failure';
import type { HttpStream } from '../http/http';
import { ConnectionError } from '../http/network-errors';
import { AttemptResult, backoff, classifyResponse } from '../http/retry';

/**
 * Lists a collection and watches it, as client-go's reflector does. A watch that ends is resumed at its last resourceVersion. When the server
 * no longer knows that version (410 Gone), the collection is listed again, and the differences become events.
 *
 * @throws `Unreachable` when no watch succeeds within the budget of one call; the signal's reason when it is aborted.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function watchCollection(client: ApiClient, path: string, query: Query = {}, options: WatchOptions = {}): AsyncIterable<WatchEvent> {
  const { signal } = client;
  const request = { path, query, signal: options.signal ? AbortSignal.any([signal, options.signal]) : signal };
  return new Watch(client, request, options.listed).events();
}

class Watch {
  private readonly store: ObjectStore = new Map();
  private readonly at: string;
  private resourceVersion?: string;
  private failures = 0;
  private failingSince = 0;
  /** Ends the notice that the server does not answer. */
  private endWaiting?: () => void;

  public constructor(private readonly client: ApiClient, private readonly request: WatchRequest, private readonly listed?: () => void) {
    this.at = describeRequest('watch', request.path);
  }

  public async *events(): AsyncGenerator<WatchEvent> {
    try {
      for (;;) yield* this.attempt();
    } finally {
      this.endWaiting?.();
    }
  }

  private async *attempt(): AsyncGenerator<WatchEvent> {
    try {
      yield* this.resourceVersion === undefined ? this.list() : this.follow(this.resourceVersion);
    } catch (error) {
      if (error instanceof ApiError && error.code === 410) this.resourceVersion = undefined;
      await this.pauseAfter(error);
    }
  }

  private async *list(): AsyncGenerator<WatchEvent> {
    const list = objectOf(this.at, await this.client.send({ method: 'GET', ...this.request, once: true }));
    this.resourceVersion = resourceVersionOf(list) ?? '';
    yield* replaceStore(this.store, list);
    this.listed?.();
  }

  private async *follow(resourceVersion: string): AsyncGenerator<WatchEvent> {
    const events = await openWatch(this.client, this.at, this.request, resourceVersion);
    this.failures = 0;
    this.endWaiting?.();
    this.endWaiting = undefined;
    for await (const { type, object } of events) {
      this.resourceVersion = resourceVersionOf(object) ?? this.resourceVersion;
      if (type === 'BOOKMARK') continue;
      updateStore(this.store, { type, object });
      yield { type, object };
    }
    // The pause protects a server that ends every watch at once.
    await this.wait(TRANSIENT, 1);
  }

  /** Waits before the next attempt. Throws the error when there is no next attempt. */
  private async pauseAfter(error: unknown): Promise<void> {
    const { options, budget } = this.client;
    if (this.failures === 0) this.failingSince = options.clock.now();
    this.failures += 1;
    this.endWaiting ??= this.client.waiting.begin();
    this.client.waiting.failed(reasonOf(error));
    const remaining = this.failingSince + budget.total - options.clock.now();
    if (options.retries === false || !await this.wait(this.classify(error), this.failures, remaining)) throw error;
  }

  private async wait(result: AttemptResult, attempts: number, remaining = Infinity): Promise<boolean> {
    const { clock } = this.client.options;
    const pause = backoff(result, { repeatable: true, attempts, remaining, random: Math.random() });
    if (pause !== undefined) await clock.sleep(pause, this.request.signal);
    return pause !== undefined;
  }

  private classify(error: unknown): AttemptResult {
    const { outage } = this.client;
    if (error instanceof ApiError) {
      return error.code === 410 || outage.explains({ status: error.code }) ? TRANSIENT : classifyResponse({ status: error.code, headers: {} }, 0);
    }
    const cause = error instanceof Unreachable ? error.cause : undefined;
    // The client does not see a connection that ends in the middle of a stream.
    if (cause instanceof ConnectionError) outage.note();
    return { ...TRANSIENT, transient: cause instanceof HttpError || (cause instanceof ConnectionError && !cause.permanent) };
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Unreachable ? error.cause : error;
  if (cause instanceof HttpError) return `it answers ${cause.code}`;
  return cause instanceof ConnectionError ? cause.message : 'it failed';
}

const TRANSIENT: AttemptResult = { transient: true, mayHaveActed: false };

/**
 * The last known state of a collection, by namespace and name.
 */
export type ObjectStore = Map<string, JsonObject>;

/**
 * Applies an event to the store.
 */
export function updateStore(store: ObjectStore, { type, object }: WatchEvent): void {
  if (type === 'DELETED') store.delete(keyOf(object));
  else store.set(keyOf(object), object);
}

/**
 * Replaces the content of the store by a list, and returns the differences as events. Items of a list have no kind: it is added.
 */
export function replaceStore(store: ObjectStore, list: JsonObject): WatchEvent[] {
  const items = itemsOf(list);
  const listed = new Map(items.map((item) => [keyOf(item), item]));
  const deleted = [...store].filter(([key, object]) => metadataOf(listed.get(key)).uid !== metadataOf(object).uid)
    .map(([, object]) => ({ type: 'DELETED' as const, object }));
  for (const event of deleted) updateStore(store, event);
  const changed = items.filter((item) => resourceVersionOf(store.get(keyOf(item))) !== resourceVersionOf(item))
    .map((object) => ({ type: store.has(keyOf(object)) ? 'MODIFIED' as const : 'ADDED' as const, object }));
  for (const event of changed) updateStore(store, event);
  return [...deleted, ...changed];
}

/** The version of a list, or of an object in a watch. */
function resourceVersionOf(object: JsonObject | undefined): string | undefined {
  const { resourceVersion } = metadataOf(object);
  return typeof resourceVersion === 'string' && resourceVersion !== '' ? resourceVersion : undefined;
}

function itemsOf({ apiVersion, kind, items }: JsonObject): JsonObject[] {
  const type = { apiVersion: apiVersion ?? '', kind: String(kind).replace(/List$/, '') };
  return Array.isArray(items) ? items.filter(isObject).map((item) => ({ ...type, ...item })) : [];
}

function keyOf(object: JsonObject): string {
  const { namespace = '', name = '' } = metadataOf(object);
  return `${String(namespace)}/${String(name)}`;
}

function metadataOf(object: JsonObject | undefined): { readonly [key: string]: Json | undefined } {
  const metadata = object?.metadata;
  return isObject(metadata) ? metadata : {};
}

/**
 * An event of one watch request. A BOOKMARK has only a resourceVersion.
 */
interface StreamEvent extends Omit<WatchEvent, 'type'> {
  readonly type: WatchEvent['type'] | 'BOOKMARK';
}

/**
 * A collection to watch.
 */
interface WatchRequest {
  readonly path: string;
  readonly query: Query;
  readonly signal: AbortSignal;
}

/** Seconds until the server ends a watch, which is then resumed. A watch that lasts longer is ended here: its connection may be dead. */
const WATCH_SECONDS = 60;

/** The API server stores at most 1.5 MiB per object. */
const LONGEST_LINE = 16 * 1024 * 1024;

/**
 * Opens one watch request.
 *
 * @param at The watch, for errors: `watch pods in example`.
 * @param resourceVersion Events after this version are sent.
 * @throws `ApiError` 410 when the server no longer knows the version, here or between events.
 */
async function openWatch(client: ApiClient, at: string, request: WatchRequest, resourceVersion: string): Promise<AsyncIterable<StreamEvent>> {
  const { path, query, signal } = request;
  const watch = { ...query, watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(WATCH_SECONDS), resourceVersion };
  const stream = await client.open({ method: 'GET', path, query: watch, signal }, WATCH_SECONDS * 1000 + client.budget.perCall);
  if (stream.status === 200) return eventsOf(at, stream);
  objectOf(at, { ...stream, body: await readText(stream), attempts: 1, tried: '' });
  throw notAWatch(at);
}

async function* eventsOf(at: string, { body }: HttpStream): AsyncGenerator<StreamEvent> {
  let rest = '';
  for await (const piece of body) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw notAWatch(at);
    for (const line of lines) if (line.trim() !== '') yield parseEvent(at, line);
  }
}

function parseEvent(at: string, line: string): StreamEvent {
  const { type, object } = parseObject(line) ?? {};
  if (type === 'ERROR') throw statusError(at, object);
  if (!isObject(object) || !isEventType(type)) throw notAWatch(at);
  return { type, object };
}

function isEventType(type: Json | undefined): type is StreamEvent['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
}

function notAWatch(at: string): Unreachable {
  const problem = 'the answer is not a watch of an API server';
  return new Unreachable(`${at}: ${problem}`, new ConnectionError(problem, { sent: true, permanent: false }));
}

async function readText({ body }: HttpStream): Promise<string> {
  let text = '';
  for await (const piece of body) text += piece;
  return text;
}
