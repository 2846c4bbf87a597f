import { printable } from './printable';

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
 * Finds texts in a value, and returns their paths: `spec.containers[0].image`. Only plain objects and lists are searched, so that a value may hold constructs.
 *
 * @param matches Gets a text and its keys and indexes, outermost first.
 */
export function pathsOfTexts(value: unknown, matches: (text: string, path: ReadonlyArray<string | number>) => boolean): string[] {
  const found: string[] = [];
  const path: Array<string | number> = [];
  const visit = (item: unknown): void => {
    if (typeof item === 'string') {
      if (matches(item, path)) found.push(pathText(path));
    } else if (Array.isArray(item)) {
      item.forEach((element, index) => visitBelow(index, element));
    } else if (isPlain(item)) {
      for (const [key, field] of Object.entries(item)) visitBelow(key, field);
    }
  };
  const visitBelow = (key: string | number, item: unknown): void => {
    path.push(key);
    visit(item);
    path.pop();
  };
  visit(value);
  return found;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function pathText(path: ReadonlyArray<string | number>): string {
  return printable(path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join(''));
}
