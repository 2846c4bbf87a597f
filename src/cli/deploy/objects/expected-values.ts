import { isObject, Json, JsonObject } from '../../../base/json';
import { secrets } from '../../../base/secrets';
import { show } from '../../../base/user-error';
import { quantityRule } from '../../../kubernetes/quantity';

/**
 * A wrong field of an object, in words.
 */
export interface FieldProblem {
  /** `spec.replicas`. Undefined when it is not known. */
  readonly field?: string;
  /** What is wrong: `got "3" (text), expected a number`. */
  readonly given: string;
  /** The remedy. Undefined when `given` says what is valid. */
  readonly fix?: string;
}

/**
 * The type that the API server expects in a field.
 */
export type ExpectedType = 'number' | 'whole number' | 'text' | 'boolean' | 'mapping' | 'list' | 'scalar' | 'quantity' | 'base64' | 'time' | 'number or text';

/**
 * Shows a value in a message, such as `"3" (text)`.
 */
export type Quote = (value: Json) => string;

/**
 * Says what is wrong with a value, and how to write it.
 *
 * @param value Undefined when it is not known.
 * @param quote Hides what must not be shown.
 */
export function wrongValue(value: Json | undefined, expected: ExpectedType, quote: Quote): Omit<FieldProblem, 'field'> {
  const isTooLarge = expected === 'whole number' && Number.isInteger(value);
  const wanted = isTooLarge ? `expected a number of at most ${LARGEST_INT32}` : `expected ${EXPECTED[expected]}`;
  return { given: value === undefined ? wanted : `got ${quote(value)}, ${wanted}`, fix: remedyFor(value, expected, quote) };
}

/**
 * The problem of a value in an unknown field.
 */
export function wrongSomewhere(expected: ExpectedType, quote: Quote): FieldProblem {
  return { given: `a value is not ${EXPECTED[expected]}`, fix: remedyFor(undefined, expected, quote) };
}

const LARGEST_INT32 = 2 ** 31 - 1;

const EXPECTED: Record<ExpectedType, string> = {
  'number': 'a number',
  'whole number': 'a whole number',
  'text': 'a text',
  'boolean': 'true or false',
  'mapping': 'a mapping',
  'list': 'a list',
  'scalar': 'one value: a text, a number, true or false',
  'quantity': 'a quantity',
  'base64': 'base64',
  'time': 'a time',
  'number or text': 'a whole number or a text',
};

function remedyFor(value: Json | undefined, expected: ExpectedType, quote: Quote): string {
  switch (expected) {
    case 'number':
    case 'whole number':
      if (isNumeral(value)) return 'write it without quotes';
      return typeof value === 'number' && !Number.isInteger(value) ? `write a whole number, such as ${Math.ceil(value)}` : 'write a number, such as 1';
    case 'text': return typeof value === 'number' || typeof value === 'boolean' ? inQuotes(value, quote) : 'write one text there';
    case 'boolean': return value === 'true' || value === 'false' ? 'write it without quotes' : 'write true or false, without quotes';
    case 'mapping': return 'write its fields below it, one `name: value` a line';
    case 'list': return 'write a list: put each item on a line of its own that begins with `- `';
    case 'quantity': return quantityRemedy(value);
    case 'base64': return 'encode it (base64 -w0 FILE)';
    case 'time': return 'write it like "2026-01-31T12:00:00Z"';
    case 'number or text': return 'write it like 80, "http" or "25%"';
    default: return 'write one value there';
  }
}

function isNumeral(value: Json | undefined): boolean {
  return typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value);
}

/** Quotes around the value, where the value may be shown. */
function inQuotes(value: number | boolean, quote: Quote): string {
  return quote(value).startsWith(String(value)) ? `write it in quotes: "${value}"` : 'write it in quotes';
}

/** Spaces, a `B` for bytes and lower-case units are usual mistakes. */
function quantityRemedy(value: Json | undefined): string {
  const [, number = '', unit = '', bytes] = /^\s*([\d.]+)\s*([kmgtpe]?i?)(b?)\s*$/i.exec(String(value)) ?? [];
  const upper = unit.toUpperCase().replace('I', 'i').replace(/^K$/, 'k');
  const valid = [...bytes ? [] : [`${number}${unit}`], `${number}${upper}`].find((one) => quantityRule(one) === undefined);
  return valid === undefined ? 'write it like 500m, 2 or 256Mi' : `try ${valid}`;
}

/**
 * Shows scalars, without secrets, and names the type of other values.
 */
export const quoted: Quote = (value) => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return `${secrets.mask(String(value))} (number)`;
  if (typeof value === 'string') return value.length > LONGEST_QUOTED ? `a text of ${value.length} characters` : `${show(value)} (text)`;
  return Array.isArray(value) ? 'a list' : 'a mapping';
};

const LONGEST_QUOTED = 60;

/**
 * Names only the type of a value: for Secrets.
 */
export const typeOnly: Quote = (value) => {
  if (value === null || typeof value === 'object') return quoted(value);
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
};

/** A part of an object. */
interface Node {
  readonly field: string;
  readonly name: string;
  /** The name of the field around it. */
  readonly parent: string;
  readonly value: Json;
}

/**
 * Finds the fields of a type with a wrong value. The API server names no field when it cannot convert a value.
 */
export function wrongFields(object: JsonObject, expected: ExpectedType, quote: Quote): FieldProblem[] {
  const isWrong = WRONG[expected];
  if (!isWrong) return [];
  const found = [...nodesOf(object, { field: '', name: '', parent: '' })].filter(isWrong);
  return found.map(({ field, value, name, parent }) => {
    const problem = wrongValue(value, expected, expected === 'base64' ? () => 'text that is not base64' : quote);
    const plain = parent === 'binaryData' ? 'data' : 'stringData';
    return expected === 'base64' && name !== 'caBundle' ? { field, ...problem, fix: `${problem.fix}, or move it to ${plain}` } : { field, ...problem };
  });
}

const AMOUNTS = new Set(['limits', 'requests', 'hard', 'capacity', 'default', 'defaultRequest', 'max', 'min', 'maxLimitRequestRatio', 'podFixed']);
const NUMBER_OR_TEXT = new Set(['maxSurge', 'maxUnavailable', 'minAvailable', 'targetPort', 'port']);
/** Whether a part of an object is a field of the type, and its value does not fit. */
const WRONG: Partial<Record<ExpectedType, (node: Node) => boolean>> = {
  'quantity': ({ name, parent, value }) => (AMOUNTS.has(parent) || /^(?:sizeLimit|averageValue|divisor)$/.test(name) || (name === 'value' && parent === 'target'))
    && quantityRule(String(value).replace(/^-/, '')) !== undefined,
  'base64': ({ field, name, parent, value }) => typeof value === 'string' && !isBase64(value)
    && (name === 'caBundle' || (field.startsWith(`${parent}.`) && (parent === 'data' || parent === 'binaryData'))),
  'whole number': ({ value }) => typeof value === 'number' && !Number.isInteger(value),
  'number or text': ({ name, value }) => NUMBER_OR_TEXT.has(name) && typeof value !== 'string'
    && !(typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= LARGEST_INT32) && !isPortMapping(value),
  'time': ({ name, value }) => /Time(?:stamp)?$/.test(name) && !(typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value)),
};

/** As the API server reads it: line breaks do not count. */
function isBase64(text: string): boolean {
  const plain = text.replace(/[\r\n]/g, '');
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}

/** The port of an Ingress is a mapping. */
function isPortMapping(value: Json): boolean {
  return isObject(value) && ('number' in value || 'name' in value);
}

function* nodesOf(value: Json, at: Omit<Node, 'value'>): Generator<Node> {
  if (at.field !== '') yield { ...at, value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* nodesOf(item, { ...at, field: `${at.field}[${nameOf(item) ?? index}]`, name: '' });
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) yield* nodesOf(inner, { field: at.field === '' ? name : `${at.field}.${name}`, name, parent: at.name });
  }
}

function nameOf(item: Json): string | undefined {
  return isObject(item) && typeof item.name === 'string' ? `name=${show(item.name)}` : undefined;
}
