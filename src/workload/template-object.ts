import { isDeepStrictEqual } from 'node:util';
import { ApiObject, ApiObjectProps, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { isObject, Json, JsonObject } from '../base/json';
import { ChooseImage, setImages } from '../kubernetes/container-images';

/**
 * Defines an object of a manifest so that its values survive: cdk8s leaves out nulls and what is empty in the metadata, and adds a name
 * to objects that are to be named by the server, and to Lists.
 *
 * What is done to the object keeps its effect: labels, annotations and other metadata, JSON patches, the chart's namespace and labels.
 * A List has no use for the last two, so its items get them.
 *
 * @param value The object.
 * @param choose The images, asked for each time the object is rendered.
 */
export function templateObject(scope: Construct, id: string, value: JsonObject, choose: ChooseImage): ApiObject {
  const object = new ApiObject(scope, id, value as unknown as ApiObjectProps);
  const given: JsonObject = object.metadata.toJson();
  const patches: JsonPatch[] = [];
  const addJsonPatch = object.addJsonPatch.bind(object);
  object.addJsonPatch = (...ops) => {
    patches.push(...ops);
    addJsonPatch(...ops);
  };
  object.toJson = () => {
    const placed = inChart(setImages(value, choose).object, object);
    const changed = withChanges(placed, { metadata: given }, { metadata: object.metadata.toJson() });
    return withFileName(JsonPatch.apply(changed, ...patches), object.name);
  };
  return object;
}

/**
 * Whether kubectl takes an object apart before it is applied.
 */
export function isList(object: JsonObject): boolean {
  return object.kind === 'List' || Array.isArray(object.items);
}

function inChart(object: JsonObject, { chart }: ApiObject): JsonObject {
  const placed = (item: Json): Json => (isObject(item) ? inNamespace(item) : item);
  const inNamespace = (item: JsonObject): JsonObject => {
    if (isList(item)) return Array.isArray(item.items) ? { ...item, items: item.items.map(placed) } : item;
    const metadata = isObject(item.metadata) ? item.metadata : {};
    const namespace = metadata.namespace ?? chart.namespace;
    const labels = { ...chart.labels, ...(isObject(metadata.labels) ? metadata.labels : {}) };
    const additions = { ...(namespace ? { namespace } : {}), ...(Object.keys(labels).length > 0 ? { labels } : {}) };
    return { ...item, metadata: { ...metadata, ...additions } };
  };
  return inNamespace(object);
}

/** The first object with what differs between the other two. */
function withChanges(written: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const changes = Object.entries(after).filter(([key, value]) => !isDeepStrictEqual(value, before[key]));
  return Object.assign({ ...written }, Object.fromEntries(changes.map(([key, value]) => [key, withChange(written[key], before[key], value)])));
}

function withChange(written: Json | undefined, before: Json | undefined, after: Json): Json {
  return isObject(written) && isObject(after) ? withChanges(written, isObject(before) ? before : {}, after) : after;
}

/**
 * cdk8s names a file by `metadata.name` where each object has its own: those without a name would overwrite each other.
 * What is not enumerable is not written.
 */
function withFileName(object: JsonObject, name: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  if (metadata.name === undefined) Object.defineProperty(metadata, 'name', { value: name });
  if (object.metadata === undefined) Object.defineProperty(object, 'metadata', { value: metadata });
  return object;
}
