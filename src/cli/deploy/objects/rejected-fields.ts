import { ExpectedType, FieldProblem, Quote, quoted, typeOnly, wrongFields, wrongSomewhere, wrongValue } from './expected-values';
import type { ReleaseObject } from './release';
import { isObject, Json, JsonObject } from '../../../base/json';
import { secrets } from '../../../base/secrets';
import { inPlainWords, Status } from '../../cluster/status';

/**
 * The fields that the API server rejects, in words. Empty when its message names no field in a form that is known.
 *
 * The server's texts contain Go types and Go's form of values. So the value is looked up in the manifest. Values of Secrets are not shown.
 */
export function rejectedFields({ kind, value }: Pick<ReleaseObject, 'kind' | 'value'>, status: Status): FieldProblem[] {
  const source: Source = { object: value, quote: kind === 'Secret' ? typeOnly : quoted, isSecret: kind === 'Secret' };
  const message = status.message ?? '';
  for (const [pattern, problems] of FORMS) {
    const match = pattern.exec(message);
    if (match) return problems(match[1] ?? '', source);
  }
  return invalidFields(status, source);
}

/** The object that the server rejected. */
interface Source {
  readonly object: JsonObject;
  readonly quote: Quote;
  readonly isSecret: boolean;
}

/** The forms of the server's messages. The first group of a pattern is the list of problems. */
const FORMS: ReadonlyArray<readonly [RegExp, (text: string, source: Source) => FieldProblem[]]> = [
  [/^failed to create typed patch object \([^)]*\): (?:errors:\n {2})?(.*)$/s, (text, source) => text.split(/\n {2}(?=\.)/).map((entry) => schemaProblem(entry, source))],
  [/^failed to convert new object \([^)]*\) to proper version: unable to convert unstructured object to [^:]*: (.*)$/s, conversionProblems],
  [/^(?:error )?strict decoding(?: error)?: (.*)$/s, (text) => text.split(/, (?=unknown field |duplicate field )/).map(decodingProblem)],
  [/cannot be handled as a .*?: (json: cannot unmarshal .*)$/s, goFieldProblems],
  [/(request is too large|sending message larger than max|Request entity too large)/, () => [TOO_LARGE]],
];

const TOO_LARGE: FieldProblem = { given: 'it is larger than the 1.5 MiB that the API server stores', fix: 'split it, or keep large data outside of the cluster' };

/** `.spec.replicas: expected numeric (int or float), got string`, from structured-merge-diff. */
function schemaProblem(entry: string, source: Source): FieldProblem {
  const [, path, text = entry.replace(/^\./, '')] = SCHEMA_ENTRY.exec(entry) ?? [];
  const field = path?.slice(1);
  const [, name = ''] = /^expected (map|list|boolean|string|numeric|any scalar)\b/.exec(text) ?? [];
  const type = SCHEMA_TYPES.get(name);
  if (type) return { field, ...wrongValue(valueAt(source.object, path ?? ''), type, source.quote) };
  if (text === 'field not declared in schema') return { field, ...UNKNOWN_FIELD };
  const [, key] = /^duplicate entries for key \[(.*)\]$/s.exec(text) ?? [];
  if (key !== undefined) return { field, given: duplicate(key), fix: 'remove one of them, or change it' };
  const [, index, why = ''] = /^element (\d+): (.*)$/s.exec(text) ?? [];
  if (index !== undefined) return { field: `${field}[${index}]`, ...elementProblem(why, valueAt(source.object, `${path}[${index}]`), source) };
  return { field, given: source.isSecret ? 'its value is not valid' : inPlainWords(secrets.mask(text)) };
}

const SCHEMA_ENTRY = /^(\..*?): ((?:expected |field not declared|duplicate entries|element \d+: ).*)$/s;

const SCHEMA_TYPES: ReadonlyMap<string, ExpectedType> = new Map([
  ['map', 'mapping'], ['list', 'list'], ['boolean', 'boolean'], ['string', 'text'], ['numeric', 'number'], ['any scalar', 'scalar'],
]);

const UNKNOWN_FIELD = { given: 'unknown field', fix: 'correct the name of the field, or remove it (`kubectl explain` lists the fields)' };

/** `name="A"`, or `="A"` in a list of texts. */
function duplicate(key: string): string {
  return key.startsWith('=') ? `it has ${key.slice(1)} twice` : `two items have ${key.replace(/,/g, ' and ').replace(/=/g, ' ')}`;
}

function elementProblem(why: string, value: Json | undefined, { quote }: Source): Omit<FieldProblem, 'field'> {
  const [, keys] = /omits all key fields \[(.*?)\]/.exec(why) ?? [];
  if (keys !== undefined) return { given: `${keys.replace(/"/g, '').replace(/ /g, ' and ')} is missing`, fix: 'add it: it distinguishes the items' };
  if (/null/.test(why)) return { given: 'the item is empty (null)', fix: 'remove the item' };
  return wrongValue(value, /with keys/.test(why) ? 'mapping' : 'text', quote);
}

/** The server names no field. */
function conversionProblems(text: string, { object, quote }: Source): FieldProblem[] {
  const [, type] = CONVERSIONS.find(([pattern]) => pattern.test(text)) ?? [];
  if (!type) return [{ given: inPlainWords(text) }];
  const found = wrongFields(object, type, quote);
  return found.length > 0 ? found : [wrongSomewhere(type, quote)];
}

const CONVERSIONS: ReadonlyArray<readonly [RegExp, ExpectedType]> = [
  [/quantit/, 'quantity'],
  [/illegal base64/, 'base64'],
  [/^parsing time |into Go value of type string/, 'time'],
  [/^cannot convert float/, 'whole number'],
  [/into Go value of type int32/, 'number or text'],
];

/** `unknown field "spec.replica"`. */
function decodingProblem(text: string): FieldProblem {
  const [, what, field] = /(unknown|duplicate) field "([^"]*)"/.exec(text) ?? [];
  if (what === 'unknown') return { field, ...UNKNOWN_FIELD };
  return what === undefined ? { given: inPlainWords(text) } : { field, given: 'it is there twice', fix: 'remove one of them' };
}

/** `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
function goFieldProblems(text: string, { object, quote }: Source): FieldProblem[] {
  const [, path, type = ''] = /into Go struct field [^. ]+\.(\S+) of type (.*)$/.exec(text) ?? [];
  const [, expected] = GO_TYPES.find(([pattern]) => pattern.test(type)) ?? [];
  if (path === undefined || !expected) return [{ given: inPlainWords(text) }];
  return [{ field: path, ...wrongValue(valueAt(object, `.${path}`), expected, quote) }];
}

const GO_TYPES: ReadonlyArray<readonly [RegExp, ExpectedType]> = [
  [/^u?int/, 'whole number'], [/^float/, 'number'], [/^string$/, 'text'], [/^bool$/, 'boolean'], [/^\[\]/, 'list'], [/./, 'mapping'],
];

/** The causes of a 422. They come from the validation of Kubernetes' kinds and of the schemas of custom resources. */
function invalidFields({ details }: Status, source: Source): FieldProblem[] {
  const causes = (details?.causes ?? []).filter(({ reason, field }) => field !== undefined && /^FieldValue/.test(reason ?? ''));
  const problems = causes.map(({ message = '', field = '' }) => (field === '<nil>' ? checkedValue(message, source) : invalidField(field, message, source)));
  // A custom resource may get two causes for one value.
  return [...new Map(problems.flatMap((problem) => (problem ? [[`${problem.field}: ${problem.given}`, problem]] : []))).values()];
}

function invalidField(path: string, message: string, source: Source): FieldProblem {
  const field = path === '[]' ? undefined : path;
  const [, types] = / in body must be of type ([\w,-]+)/.exec(message) ?? [];
  const type = types === undefined ? undefined : BODY_TYPES.get(types);
  if (type) return { field, ...wrongValue(valueAt(source.object, `.${path}`), type, source.quote) };
  const [, what = '', value = '', detail = ''] = CAUSE.exec(message) ?? [];
  const words = inPlainWords(detail.replace(`${path} in body `, '').replace(/, regex used for validation is '.*?'(?=\)|$)/, ''));
  const got = /^["\d-]/.test(value) && !source.isSecret ? `got ${cut(secrets.mask(value))}` : undefined;
  switch (what) {
    case 'Required value': return { field, given: `it is missing${detail === '' ? '' : `: ${words}`}`, fix: 'add it' };
    case 'Unsupported value': return { field, given: [got, words.replace(/^supported values: /, 'expected ').replace(/, (?="[^"]*"$)/, ' or ')].filter(Boolean).join(', '), fix: 'write one of these values' };
    case 'Not found': return { field, given: `${got ?? 'its value'} does not exist`.replace(/^got /, ''), fix: 'add it, or name another one' };
    case 'Duplicate value': return { field, given: `${got ?? 'its value'} is there twice`.replace(/^got /, ''), fix: 'remove one of them' };
    case 'Invalid value':
      if (/^(?:0|"")$/.test(value) && valueAt(source.object, `.${path}`) === undefined) return { field, given: `it is missing: ${words}`, fix: 'add it' };
      return { field, given: [got, words].filter(Boolean).join(': ') || 'its value is not valid' };
    case 'Forbidden': return { field, given: words };
    default: return { field, given: inPlainWords(message.charAt(0).toLowerCase() + message.slice(1)) };
  }
}

const CAUSE = /^(Required value|Unsupported value|Not found|Duplicate value|Invalid value|Forbidden)(?:: ("(?:\\.|[^"\\])*"|-?[\d.]+|null|\{.*?\}|\[.*?\])(?=: |$))?(?:: (.*))?$/s;

const BODY_TYPES: ReadonlyMap<string, ExpectedType> = new Map([
  ['integer', 'whole number'], ['int32', 'whole number'], ['int64', 'whole number'], ['number', 'number'], ['string', 'text'], ['boolean', 'boolean'],
  ['object', 'mapping'], ['array', 'list'], ['date-time', 'time'], ['byte', 'base64'], ['integer,string', 'number or text'],
]);

/** A cause of a custom resource without a field. One sort names the field in its text, the other says that not all rules were checked. */
function checkedValue(message: string, { object, quote }: Source): FieldProblem | undefined {
  const [, field] = /Checked value must be of type integer .* in (\S+)$/.exec(message) ?? [];
  if (field !== undefined) return { field, ...wrongValue(valueAt(object, `.${field}`), 'whole number', quote) };
  return /some validation rules were not checked/.test(message) ? undefined : { given: inPlainWords(message) };
}

const LONGEST_VALUE = 80;

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

/** The keys of an item, an index, or the key of a mapping, in brackets. */
const BRACKETS = /^\[((?:"(?:\\.|[^"\\])*"|[[{][^\]}]*[\]}]|[^[\]{}"])*)\]/;

/**
 * The value at a path as the server writes it: `.containers[name="a"].ports[0]`, `.data[key]`. Names may contain dots.
 */
function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (path === '') return value;
  const [brackets, inner = ''] = BRACKETS.exec(path) ?? [];
  if (brackets !== undefined) {
    const found = Array.isArray(value) ? itemOf(value, inner) : isObject(value) ? value[inner] : undefined;
    return valueAt(found, path.slice(brackets.length));
  }
  if (!path.startsWith('.') || !isObject(value)) return undefined;
  const rest = path.slice(1);
  const names = Object.keys(value).filter((name) => rest.startsWith(name) && /^(?:[.[]|$)/.test(rest.slice(name.length)));
  const found = names.sort((a, b) => b.length - a.length).map((name) => valueAt(value[name], rest.slice(name.length)));
  return found.find((one) => one !== undefined);
}

/** An item without one of the keys has its default. */
function itemOf(list: Json[], inner: string): Json | undefined {
  if (/^\d+$/.test(inner)) return list[Number(inner)];
  if (inner.startsWith('=')) return list.find((item) => JSON.stringify(item) === inner.slice(1));
  const keys = [...inner.matchAll(/([\w.-]+)=("(?:\\.|[^"\\])*"|[^,]*)/g)];
  return list.find((item) => isObject(item) && keys.every(([, name = '', value]) => item[name] === undefined || JSON.stringify(item[name]) === value));
}
