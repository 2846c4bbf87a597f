import { objectOf, statusError } from './answer';
import type { ApiClient } from './api-client';
import type { Query, WatchEvent } from './kubernetes-client';
import { isObject, Json, parseObject } from '../../base/json';
import { Unreachable } from '../base/failure';
import { ConnectionError } from '../http/connection-error';
import type { HttpStream } from '../http/http';

/**
 * What a server says in a watch; a BOOKMARK only says how far it is.
 */
export interface StreamEvent extends Omit<WatchEvent, 'type'> {
  readonly type: WatchEvent['type'] | 'BOOKMARK';
}

/**
 * What is watched.
 */
export interface WatchRequest {
  readonly path: string;
  readonly query: Query;
  readonly signal: AbortSignal;
}

/** Seconds after which the server ends a watch that is then resumed: a connection that died silently is noticed within them. */
const WATCH_SECONDS = 60;

/** The API server stores 1.5 MiB in one object. */
const LONGEST_LINE = 16 * 1024 * 1024;

/**
 * Opens a watch from a position on.
 *
 * @param at What is watched, for errors.
 * @param request Where, and what ends it.
 * @throws `ApiError` 410 when the server has forgotten the position, here or in the middle of the events.
 */
export async function openWatch(client: ApiClient, at: string, request: WatchRequest, position: string): Promise<AsyncIterable<StreamEvent>> {
  const { path, query, signal } = request;
  const watch = { ...query, watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(WATCH_SECONDS), resourceVersion: position };
  const stream = await client.open({ method: 'GET', path, query: watch, signal }, WATCH_SECONDS * 1000 + client.budget.perCall);
  if (stream.status === 200) return eventsOf(at, stream);
  objectOf(at, { ...stream, body: await textOf(stream), attempts: 1, tried: '' });
  throw garbled(at);
}

async function* eventsOf(at: string, { body }: HttpStream): AsyncGenerator<StreamEvent> {
  let rest = '';
  for await (const piece of body) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw garbled(at);
    for (const line of lines) if (line.trim() !== '') yield eventOf(at, line);
  }
}

function eventOf(at: string, line: string): StreamEvent {
  const { type, object } = parseObject(line) ?? {};
  if (type === 'ERROR') throw statusError(at, object);
  if (!isObject(object) || !isType(type)) throw garbled(at);
  return { type, object };
}

function isType(type: Json | undefined): type is StreamEvent['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
}

function garbled(at: string): Unreachable {
  const words = 'the answer is not a watch of an API server';
  return new Unreachable(`${at}: ${words}`, new ConnectionError(words, { sent: true, lasting: false }));
}

async function textOf({ body }: HttpStream): Promise<string> {
  let text = '';
  for await (const piece of body) {
    text += piece;
    if (text.length > LONGEST_LINE) break;
  }
  return text;
}
