import type { ApiClient } from './api-client';
import type { Query, WatchEvent } from './kubernetes-client';
import { objectOf, statusError } from './status';
import { isObject, Json, parseObject } from '../../base/json';
import { Unreachable } from '../base/failure';
import type { HttpStream } from '../http/http';
import { ConnectionError } from '../http/network-errors';

/**
 * An event of one watch request. A BOOKMARK has only a resourceVersion.
 */
export interface StreamEvent extends Omit<WatchEvent, 'type'> {
  readonly type: WatchEvent['type'] | 'BOOKMARK';
}

/**
 * A collection to watch.
 */
export interface WatchRequest {
  readonly path: string;
  readonly query: Query;
  readonly signal: AbortSignal;
}

/** Seconds until the server ends a watch, which is then resumed. It is also the longest time until a dead connection is noticed. */
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
export async function openWatch(client: ApiClient, at: string, request: WatchRequest, resourceVersion: string): Promise<AsyncIterable<StreamEvent>> {
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
  for await (const piece of body) {
    text += piece;
    if (text.length > LONGEST_LINE) break;
  }
  return text;
}
