import { ApiObject, JsonPatch } from 'cdk8s';
import { IConstruct } from 'constructs';
import { isList, typedItem } from './kinds';

/**
 * The fields that identify an object, its metadata and its value.
 */
export interface ObjectHeader {
  /** The construct path; for an item of a List, also its index. */
  readonly at: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  /** Whether the object is an item of a List. The chart's namespace and labels do not reach those. */
  readonly isItem: boolean;
  /** The object as its construct defines it. Parts of it may be lazy values. */
  readonly value: { readonly [field: string]: unknown };
}

export interface Metadata {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly labels?: unknown;
  readonly annotations?: unknown;
}

/**
 * Lists the headers of all objects below a construct, with the items of Lists in place of the Lists.
 *
 * Only Lists are rendered. cdk8s validates each chart once per chart of the app, and cdk8s-plus constructs change each time they are rendered.
 *
 * @param skip Excludes a construct and everything below it.
 */
export function headersBelow(root: IConstruct, skip: (construct: IConstruct) => boolean): ObjectHeader[] {
  return root.node.children.flatMap((child) => {
    if (skip(child)) return [];
    const own = ApiObject.isApiObject(child) ? headersOf(child as ApiObject) : [];
    return [...own, ...headersBelow(child, skip)];
  });
}

function headersOf(object: ApiObject): ObjectHeader[] {
  const props: { [key: string]: unknown } = Reflect.get(object, 'props') ?? {};
  if (isList(props)) return unfold(object.node.path, rendered(object));
  const { apiVersion, kind } = object;
  return [toHeader(object.node.path, patched(object, { apiVersion, kind, metadata: object.metadata.toJson() }), props, false)];
}

function rendered(list: ApiObject): { [field: string]: unknown } {
  try {
    return list.toJson();
  } catch {
    // The construct of the List, or cdk8s, reports why it cannot be rendered: a missing image, for instance.
    return {};
  }
}

function unfold(at: string, list: { [field: string]: unknown }): ObjectHeader[] {
  const items = Array.isArray(list.items) ? list.items : [];
  return items.flatMap((item, index) => {
    const place = `${at}/items[${index}]`;
    const typed = typedItem(list, item ?? {});
    return isList(typed) ? unfold(place, typed) : [toHeader(place, typed, typed, true)];
  });
}

function toHeader(at: string, object: { [key: string]: any }, value: { [key: string]: unknown }, isItem: boolean): ObjectHeader {
  return { at, apiVersion: String(object.apiVersion ?? ''), kind: String(object.kind ?? ''), metadata: object.metadata ?? {}, isItem, value };
}

// cdk8s applies JSON patches when it renders an object. The header needs those that change it.
function patched(object: ApiObject, header: { [key: string]: unknown }): { [key: string]: unknown } {
  const patches: JsonPatch[] = Reflect.get(object, 'patches') ?? [];
  const relevant = patches.filter(touchesHeader);
  if (relevant.length === 0) return header;
  try {
    return JsonPatch.apply(header, ...relevant);
  } catch {
    // cdk8s reports an invalid patch when it renders the object.
    return header;
  }
}

function touchesHeader(patch: JsonPatch): boolean {
  const { path, from, op } = patch._toJson() as { path: string; from?: string; op: string };
  return op !== 'test' && [path, from ?? ''].every((pointer) => /^(\/(apiVersion|kind|metadata)(\/|$)|$)/.test(pointer));
}
