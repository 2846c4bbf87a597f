/**
 * A value that survives JSON.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/**
 * An object of JSON.
 */
export interface JsonObject {
  [key: string]: Json;
}

/**
 * Whether a value is an object and not a list.
 */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value of a JSON text, or nothing when it is none.
 */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * The object of a JSON text, or nothing when it is none.
 */
export function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
