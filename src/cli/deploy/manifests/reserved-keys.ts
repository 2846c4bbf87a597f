import { OIDC_ANNOTATIONS } from '../../../access/oidc-names';
import { isObject, Json, JsonObject } from '../../../base/json';
import { isOwnKey, WORKLOAD_ANNOTATIONS } from '../../../release/release-names';
import { BEFORE_WORKLOADS } from '../objects/jobs';

/**
 * A label or an annotation that no manifest may have.
 */
export interface ReservedKey {
  /** The field with the labels or annotations: `spec.template.metadata.labels`. */
  readonly field: string;
  readonly key: string;
}

/** Annotations that the constructs write. Each only describes an object. */
const DESCRIBING: ReadonlySet<string> = new Set([...Object.values(WORKLOAD_ANNOTATIONS), ...Object.values(OIDC_ANNOTATIONS)]);

/**
 * The labels and annotations that only deploy writes: in the metadata of an object, and in every template for others that it has, such as that of pods.
 */
export function reservedKeys(object: JsonObject): ReservedKey[] {
  return keysBelow(object, '');
}

function keysBelow(value: Json, place: string): ReservedKey[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => keysBelow(item, `${place}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = place === '' ? name : `${place}.${name}`;
    const isMap = (name === 'labels' || name === 'annotations') && isObject(item);
    const reserved = isMap ? Object.keys(item).filter((key) => isReserved(field, key)).map((key) => ({ field, key })) : [];
    return [...reserved, ...keysBelow(item, field)];
  });
}

function isReserved(field: string, key: string): boolean {
  if (!isOwnKey(key)) return false;
  if (key === BEFORE_WORKLOADS) return field !== 'metadata.annotations';
  return field.endsWith('labels') || !DESCRIBING.has(key);
}
