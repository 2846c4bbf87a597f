import { isDeepStrictEqual } from 'node:util';
import { ApiObject, ApiObjectProps, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { isObject, Json, JsonObject } from '../base/json';
import { ChooseImage, setImages } from '../kubernetes/container-images';
import { isList } from '../kubernetes/kinds';

/**
 * Defines an object that renders with all values of the manifest. cdk8s alone would leave out nulls and empty metadata, and would add a name
 * to Lists and to objects with `generateName`.
 *
 * Later changes to the object have an effect: labels, annotations and other metadata, JSON patches, the chart's namespace and labels.
 * In a List, the items get the chart's namespace and labels.
 *
 * @param value The object.
 * @param choose Chooses the images. It is called each time the object is rendered.
 */
export function templateObject(scope: Construct, id: string, value: JsonObject, choose: ChooseImage): ApiObject {
  const object = new ApiObject(scope, id, value as unknown as ApiObjectProps);
  const before: JsonObject = object.metadata.toJson();
  const patches: JsonPatch[] = [];
  const addJsonPatch = object.addJsonPatch.bind(object);
  object.addJsonPatch = (...ops) => {
    patches.push(...ops);
    addJsonPatch(...ops);
  };
  object.toJson = () => {
    const placed = inChart(setImages(value, choose).object, object);
    const changed = withChanges(placed, { metadata: before }, { metadata: object.metadata.toJson() });
    return withFileName(JsonPatch.apply(changed, ...patches), object.name);
  };
  return object;
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

/** Applies the differences between `before` and `after` to a third object. */
function withChanges(written: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const changes = Object.entries(after).filter(([key, value]) => !isDeepStrictEqual(value, before[key]));
  return Object.assign({ ...written }, Object.fromEntries(changes.map(([key, value]) => [key, withChange(written[key], before[key], value)])));
}

function withChange(written: Json | undefined, before: Json | undefined, after: Json): Json {
  return isObject(written) && isObject(after) ? withChanges(written, isObject(before) ? before : {}, after) : after;
}

/**
 * Adds a name that cdk8s uses for the file of the object: objects without a name would overwrite each other's files.
 * The property is not enumerable, so it is not written into the file.
 */
function withFileName(object: JsonObject, name: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  if (metadata.name === undefined) Object.defineProperty(metadata, 'name', { value: name });
  if (object.metadata === undefined) Object.defineProperty(object, 'metadata', { value: metadata });
  return object;
}
