import type { WatchEvent } from './kubernetes-client';
import { isObject, Json, JsonObject } from '../../base/json';

/**
 * The objects that a watch knows of, by namespace and name.
 */
export type Collected = Map<string, JsonObject>;

/**
 * Takes over what an event says.
 */
export function collect(known: Collected, { type, object }: WatchEvent): void {
  if (type === 'DELETED') known.delete(keyOf(object));
  else known.set(keyOf(object), object);
}

/**
 * What has happened, seen from a new list. Lists leave out the type of their items, which is put back.
 */
export function changesSince(known: Collected, list: JsonObject): WatchEvent[] {
  const items = itemsOf(list);
  const there = new Map(items.map((item) => [keyOf(item), item]));
  const gone = [...known].filter(([key, object]) => metaOf(there.get(key)).uid !== metaOf(object).uid).map(([, object]) => ({ type: 'DELETED' as const, object }));
  for (const event of gone) collect(known, event);
  const others = items.filter((item) => versionOf(known.get(keyOf(item))) !== versionOf(item))
    .map((object) => ({ type: known.has(keyOf(object)) ? 'MODIFIED' as const : 'ADDED' as const, object }));
  for (const event of others) collect(known, event);
  return [...gone, ...others];
}

/**
 * Where a list, or an object in a watch, stands in the order of all changes.
 */
export function versionOf(object: JsonObject | undefined): string | undefined {
  const { resourceVersion } = metaOf(object);
  return typeof resourceVersion === 'string' && resourceVersion !== '' ? resourceVersion : undefined;
}

function itemsOf({ apiVersion, kind, items }: JsonObject): JsonObject[] {
  const type = { apiVersion: apiVersion ?? '', kind: String(kind).replace(/List$/, '') };
  return Array.isArray(items) ? items.filter(isObject).map((item) => ({ ...type, ...item })) : [];
}

function keyOf(object: JsonObject): string {
  const { namespace = '', name = '' } = metaOf(object);
  return `${String(namespace)}/${String(name)}`;
}

function metaOf(object: JsonObject | undefined): { readonly [key: string]: Json | undefined } {
  const metadata = object?.metadata;
  return isObject(metadata) ? metadata : {};
}
