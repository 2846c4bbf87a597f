import { isObject, Json, JsonObject } from '../../../base/json';

/**
 * The value of a field, or undefined.
 *
 * @param path The names of the fields that lead to it: `'metadata', 'uid'`.
 */
export function fieldAt(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), object);
}

/**
 * The value if it is an object, else an object without fields.
 */
export function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/**
 * The text of a field. Empty when the field is missing or has another type.
 */
export function textAt(object: Json | undefined, ...path: readonly string[]): string {
  const value = fieldAt(object, ...path);
  return typeof value === 'string' ? value : '';
}

/**
 * The number in a field, or undefined.
 */
export function numberAt(object: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = fieldAt(object, ...path);
  return typeof value === 'number' ? value : undefined;
}

/**
 * The objects in the list of a field. Empty when the field is missing or has another type.
 */
export function listAt(object: Json | undefined, ...path: readonly string[]): JsonObject[] {
  const value = fieldAt(object, ...path);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * A condition in an object's status, or undefined.
 */
export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return listAt(object, 'status', 'conditions').find((condition) => condition.type === type);
}

/**
 * Whether a condition of an object is `True`.
 */
export function isTrue(object: JsonObject, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

/**
 * The uid of an object. A later object of the same name has another one.
 */
export function uidOf(object: JsonObject | undefined): string {
  return textAt(object, 'metadata', 'uid');
}
