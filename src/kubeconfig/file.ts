import { yamlModule } from '../base/lazy-yaml';
import { userError, show } from '../base/user-error';

/**
 * A mapping of a kubeconfig and where it stands in the file.
 */
export interface Section {
  readonly at: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/**
 * One named element of `clusters`, `users` or `contexts`.
 */
export interface Entry {
  readonly name: string;
  /** The element itself: `name` and the body. */
  readonly wrapper: Section;
  /** What is named: the mapping below `cluster`, `user` or `context`. */
  readonly body: Section;
}

const LARGEST = 1024 * 1024;

/**
 * The top of a kubeconfig, read as YAML 1.1 like kubectl does. Errors say where, and never quote the file: a line of it may hold the token.
 */
export function readKubeconfigFile(text: string): Section {
  if (text.length > LARGEST) throw notKubeconfig(`it is ${text.length} characters long`, 'a kubeconfig of at most 1 MiB');
  return section('', parse(text));
}

function parse(text: string): unknown {
  try {
    return parsed(text);
  } catch (error) {
    // What the parser says of aliases that lead nowhere or repeat too much.
    if (error instanceof ReferenceError) throw notKubeconfig('its aliases cannot be resolved', 'a file without anchors and aliases');
    throw error;
  }
}

function parsed(text: string): unknown {
  const { LineCounter, parseAllDocuments } = yamlModule();
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.format !== 'TIME')),
    lineCounter,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document, ...others] = 'empty' in documents ? [] : documents;
  if (!document || others.length > 0) throw notKubeconfig(`it holds ${documents.length} documents`, 'exactly one');
  const [error] = document.errors;
  if (error) throw invalid(error.code, lineCounter.linePos(error.pos[0]));
  return document.toJS({ mapAsMap: true });
}

function invalid(code: string, { line, col }: { line: number; col: number }): Error {
  return userError({
    at: `line ${line}, column ${col}`,
    given: `it is not valid YAML (${code})`,
    expected: 'a kubeconfig as kubectl writes it',
    fix: 'mend that line',
  });
}

function notKubeconfig(given: string, expected: string): Error {
  return userError({ given, expected, fix: 'give the kubeconfig file itself, as kubectl writes it' });
}

/**
 * A value as a mapping with text keys; nothing counts as an empty one.
 */
function section(at: string, value: unknown): Section {
  if (value === undefined || value === null) return { at, fields: new Map() };
  if (!(value instanceof Map)) {
    throw userError({ at, given: `it is ${kindOf(value)}`, expected: 'a mapping', fix: 'give the kubeconfig file itself, decoded if it was base64' });
  }
  const odd = [...value.keys()].some((key) => typeof key !== 'string');
  if (odd) throw userError({ at, given: 'it has a key that is not text', expected: 'field names', fix: 'quote the key or remove it' });
  return { at, fields: value };
}

/**
 * A field that holds text, or nothing when it is missing.
 */
export function textField(of: Section, key: string): string | undefined {
  const value = of.fields.get(key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw userError({ at: pathTo(of, key), given: `it is ${kindOf(value)}`, expected: 'text', fix: 'quote it' });
}

/**
 * The elements of a list of named things, each name once.
 */
export function entries(root: Section, list: string, body: string): Entry[] {
  const value = root.fields.get(list) ?? [];
  if (!Array.isArray(value)) {
    throw userError({ at: list, given: `it is ${kindOf(value)}`, expected: 'a list', fix: `start each of the ${list} with "- name:"` });
  }
  const all = value.map((element, index) => entry(`${list}[${index}]`, element, body));
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (!twice) return all;
  throw userError({ at: twice.wrapper.at, given: `the name ${shown(twice.name)} is there twice`, expected: 'each name once', fix: 'remove one of them' });
}

function entry(at: string, element: unknown, body: string): Entry {
  const wrapper = section(at, element);
  const name = textField(wrapper, 'name');
  if (!name) throw userError({ at, given: 'it has no name', expected: `a name and a ${body}`, fix: `name it, or remove the ${body}` });
  return { name, wrapper, body: section(pathTo(wrapper, body), wrapper.fields.get(body)) };
}

/**
 * The entry of a name, or a refusal that lists the names there are.
 *
 * @param at Names the place that refers to it.
 */
export function entryNamed(all: Entry[], name: string, at: string): Entry {
  const found = all.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = all.map((candidate) => shown(candidate.name)).join(', ');
  throw userError({ at, given: `${shown(name)} is not in the file`, expected: names ? `one of ${names}` : 'an entry of that name', fix: 'correct the name' });
}

/**
 * Where a field stands: `clusters[0].cluster.server`.
 */
export function pathTo(of: Section, key: string): string {
  return of.at ? `${of.at}.${key}` : key;
}

/**
 * A value of a kubeconfig for an error. Its place says that it is no secret, but people paste tokens and passwords into wrong places.
 */
export function shown(value: string): string {
  return /eyJ|-----|:\/\/[^/]*@/.test(value) ? 'a value that is not repeated here' : show(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a mapping';
  return value === null ? 'nothing' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
