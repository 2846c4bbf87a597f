import { isObject, Json, JsonObject } from '../../../base/json';

/**
 * What stands at a place in an object of the cluster, or nothing.
 */
export function fieldAt(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), object);
}

/**
 * A text there, empty when there is none.
 */
export function textAt(object: Json | undefined, ...path: readonly string[]): string {
  const value = fieldAt(object, ...path);
  return typeof value === 'string' ? value : '';
}

/**
 * A number there, or nothing.
 */
export function numberAt(object: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = fieldAt(object, ...path);
  return typeof value === 'number' ? value : undefined;
}

/**
 * The objects of a list there.
 */
export function listAt(object: Json | undefined, ...path: readonly string[]): JsonObject[] {
  const value = fieldAt(object, ...path);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * A condition of an object's status, or nothing.
 */
export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return listAt(object, 'status', 'conditions').find((condition) => condition.type === type);
}

/**
 * Whether an object's status has a condition that is `True`.
 */
export function isTrue(object: JsonObject, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

/**
 * Which object it is; another of the same name has another.
 */
export function uidOf(object: JsonObject | undefined): string {
  return textAt(object, 'metadata', 'uid');
}
