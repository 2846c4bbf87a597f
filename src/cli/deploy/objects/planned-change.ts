import type { FieldSet } from './managed-fields';
import type { PlannedObject } from './object-writer';
import { isObject, Json, JsonObject } from '../../../base/json';

/**
 * The change to an object. `replace`: the object is deleted and created again, like a Job, whose template is immutable.
 */
export type Action = 'create' | 'change' | 'replace' | 'keep';

/**
 * An object of a release, and the change that an apply would make to it.
 */
export interface PlannedChange extends PlannedObject {
  readonly action: Action;
  /** The object after the apply, from the dry run. */
  readonly after: JsonObject;
  readonly changes: readonly FieldChange[];
  /** The field managers whose fields become ours. */
  readonly takenOver?: readonly string[];
  /** Fields of other managers that the manifest omits, and that stay. Of an object that was ours already, only those of deploy tools. */
  readonly otherFields?: readonly OtherFields[];
}

export interface OtherFields {
  readonly manager: string;
  readonly fields: readonly string[];
}

/**
 * One field that differs.
 */
export interface FieldChange {
  /** `spec.template.spec.containers[web].image`. */
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** Fields that only the server and controllers write. */
const NOT_COMPARED = new Set(['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink']);

/**
 * The fields that differ between the live object and the result of an apply.
 */
export function changesBetween(before: JsonObject, after: JsonObject): FieldChange[] {
  return compared(compare('', withoutServerFields(before), withoutServerFields(after)));
}

/**
 * Every value in a new object, as an added field.
 */
export function addedFields(object: JsonObject): FieldChange[] {
  return compared(added('', object));
}

function added(field: string, value: Json): FieldChange[] {
  const items = isObject(value) ? Object.entries(value).map(([key, item]) => [`${field}.${key}`, item] as const) : Array.isArray(value) ? listItems(field, value) : [];
  return items.length > 0 ? items.flatMap(([name, item]) => added(name, item)) : [{ field, after: value }];
}

function listItems(field: string, list: readonly Json[]): Array<readonly [string, Json]> {
  const names = byName(list);
  return names ? [...names].map(([name, item]) => [`${field}[${name}]`, item]) : list.map((item, index) => [`${field}[${index}]`, item]);
}

function compared(changes: FieldChange[]): FieldChange[] {
  return changes.map(({ field, ...values }) => ({ field: field.replace(/^\./, ''), ...values }));
}

function withoutServerFields({ status, metadata, ...rest }: JsonObject): JsonObject {
  const kept = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) => !NOT_COMPARED.has(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function compare(field: string, before: Json | undefined, after: Json | undefined): FieldChange[] {
  if (before === undefined || after === undefined) return before === after ? [] : [{ field, before, after }];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => compare(`${field}.${key}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(field, before, after);
  return before === after ? [] : [{ field, before, after }];
}

function compareLists(field: string, before: Json[], after: Json[]): FieldChange[] {
  const [named, namedAfter] = [byName(before), byName(after)];
  if (named && namedAfter) {
    const names = new Set([...named.keys(), ...namedAfter.keys()]);
    const changes = [...names].flatMap((name) => compare(`${field}[${name}]`, named.get(name), namedAfter.get(name)));
    const isReordered = changes.length === 0 && [...named.keys()].join('\n') !== [...namedAfter.keys()].join('\n');
    return isReordered ? [{ field, before: [...named.keys()], after: [...namedAfter.keys()] }] : changes;
  }
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, index) => compare(`${field}[${index}]`, before[index], after[index])).flat();
}

/** The items of a list by name, such as containers. Undefined when the items have no unique names. */
function byName(list: readonly Json[]): Map<string, Json> | undefined {
  const named = new Map(list.map((item) => [isObject(item) && typeof item.name === 'string' ? item.name : '', item]));
  return named.size === list.length && !named.has('') ? named : undefined;
}

/**
 * The fields of an object that are in one set and not in another, as if they were removed.
 *
 * @param defaults An object with the defaults of the server. Fields that have their default value are omitted.
 */
export function fieldsOutside(fields: FieldSet, others: FieldSet, object: Json, defaults?: Json): FieldChange[] {
  return outside('', fields, others, object, defaults);
}

function outside(path: string, fields: FieldSet, others: FieldSet, object: Json, defaults: Json | undefined): FieldChange[] {
  return Object.entries(fields).filter(([key]) => key !== CONTAINER).flatMap(([key, below]) => {
    const [value, after] = [stepInto(object, key), stepInto(defaults, key)];
    if (value === undefined || !isObject(below)) return [];
    const field = `${path}${label(key)}`.replace(/^\./, '');
    const other = others[key];
    if (isObject(other)) return isWhole(other) || !hasParts(below) ? [] : outside(field, below, other, value, after);
    const isOne = !hasParts(below) || (key.startsWith('k:') && after === undefined);
    if (!isOne) return outside(field, below, {}, value, after);
    return JSON.stringify(value) === JSON.stringify(after) ? [] : [{ field, before: value, after }];
  });
}

/** The key that stands for a map or an item itself, without its parts. */
const CONTAINER = '.';

/** An empty set stands for a field with all its parts. */
function isWhole(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0;
}

function hasParts(fields: FieldSet): boolean {
  return Object.keys(fields).some((key) => key !== CONTAINER);
}

/** `f:name` is a field, `k:{"name":"web"}` the item of a list with this key, `v:"x"` the item with this value, `i:0` the item at this place. */
function stepInto(value: Json | undefined, key: string): Json | undefined {
  const [kind, name] = [key.slice(0, 2), key.slice(2)];
  if (kind === 'f:') return isObject(value) ? value[name] : undefined;
  if (!Array.isArray(value)) return undefined;
  if (kind === 'i:') return value[Number(name)];
  if (kind === 'v:') return value.find((item) => JSON.stringify(item) === name);
  const wanted = keysOf(key);
  return value.find((item) => isObject(item) && wanted.every(([part, text]) => item[part] === text));
}

function label(key: string): string {
  const name = key.slice(2);
  if (key.startsWith('f:')) return `.${name}`;
  if (!key.startsWith('k:')) return `[${name.replace(/^"(.*)"$/, '$1')}]`;
  const keys = new Map(keysOf(key));
  return `[${keys.has('name') ? String(keys.get('name')) : [...keys.values()].join(',')}]`;
}

function keysOf(key: string): Array<[string, Json]> {
  const keys = JSON.parse(key.slice('k:'.length)) as Json;
  return isObject(keys) ? Object.entries(keys) : [];
}
