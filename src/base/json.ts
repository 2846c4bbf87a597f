/**
 * A JSON value.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/**
 * A JSON object.
 */
export interface JsonObject {
  [key: string]: Json;
}

/**
 * Whether a value is a JSON object, not a list.
 */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON text. Returns `undefined` for a text that is not JSON.
 */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Parses a JSON object. Returns `undefined` for any other text.
 */
export function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

/**
 * The texts in a list. Empty for any other value.
 */
export function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
