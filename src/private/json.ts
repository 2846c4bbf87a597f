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
