import { ApiObject, JsonPatch } from 'cdk8s';
import { IConstruct } from 'constructs';

/**
 * What the API server reads first of an object.
 */
export interface ObjectHeader {
  /** The construct path, and for an item of a List its place in it. */
  readonly at: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  /** Whether it stands in a List, whose items get nothing from the chart. */
  readonly isItem: boolean;
}

export interface Metadata {
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly labels?: unknown;
  readonly annotations?: unknown;
}

/**
 * The headers of all objects below a construct, Lists unfolded, without those below a construct that is skipped.
 *
 * Nothing is rendered for it, except Lists: cdk8s validates a chart as often as there are charts, and constructs of cdk8s-plus add to
 * themselves each time they are rendered.
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
  if (isList(object.kind, props.items)) return unfold(object.node.path, rendered(object));
  const { apiVersion, kind } = object;
  return [toHeader(object.node.path, patched(object, { apiVersion, kind, metadata: object.metadata.toJson() }), false)];
}

function rendered(list: ApiObject): { items?: unknown } {
  try {
    return list.toJson();
  } catch {
    // What cannot be rendered yet, an image that is missing for instance, is said by the construct it belongs to, or by cdk8s.
    return {};
  }
}

function isList(kind: string, items: unknown): boolean {
  return Array.isArray(items) || (kind === 'List' && items !== undefined);
}

function unfold(at: string, list: { items?: unknown }): ObjectHeader[] {
  const items = Array.isArray(list.items) ? list.items : [];
  return items.flatMap((item, index) => {
    const place = `${at}/items[${index}]`;
    return isList(item?.kind, item?.items) ? unfold(place, item) : [toHeader(place, item ?? {}, true)];
  });
}

function toHeader(at: string, object: { [key: string]: any }, isItem: boolean): ObjectHeader {
  return { at, apiVersion: String(object.apiVersion ?? ''), kind: String(object.kind ?? ''), metadata: object.metadata ?? {}, isItem };
}

// JSON patches are applied when an object is rendered; those that reach the header are applied to it here.
function patched(object: ApiObject, header: { [key: string]: unknown }): { [key: string]: unknown } {
  const patches: JsonPatch[] = Reflect.get(object, 'patches') ?? [];
  const relevant = patches.filter(touchesHeader);
  if (relevant.length === 0) return header;
  try {
    return JsonPatch.apply(header, ...relevant);
  } catch {
    // A patch that does not fit is cdk8s' to report, when it renders the object.
    return header;
  }
}

function touchesHeader(patch: JsonPatch): boolean {
  const { path, from, op } = patch._toJson() as { path: string; from?: string; op: string };
  return op !== 'test' && [path, from ?? ''].every((pointer) => /^(\/(apiVersion|kind|metadata)(\/|$)|$)/.test(pointer));
}
