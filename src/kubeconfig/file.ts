import { yamlModule } from '../base/lazy-modules';
import { userError, show } from '../base/user-error';

/**
 * A mapping of a kubeconfig and its path in the file.
 */
export interface Section {
  readonly at: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/**
 * An element of `clusters`, `users` or `contexts`.
 */
export interface Entry {
  readonly name: string;
  /** The whole element: its `name` and its body. */
  readonly wrapper: Section;
  /** The mapping below `cluster`, `user` or `context`. */
  readonly body: Section;
}

const LARGEST = 1024 * 1024;

/**
 * Parses a kubeconfig as YAML 1.1, as kubectl does.
 *
 * @throws When the text is not a kubeconfig. Errors name the place and never quote the file: a line may contain the token.
 */
export function readKubeconfigFile(text: string): Section {
  if (text.length > LARGEST) throw notKubeconfig(`it is ${text.length} characters long`, 'a kubeconfig of at most 1 MiB');
  return sectionOf('', parse(text));
}

function parse(text: string): unknown {
  try {
    return parsed(text);
  } catch (error) {
    // The parser throws a ReferenceError for undefined aliases and for too many repetitions.
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
    fix: 'fix the syntax of that line, or write the file again with kubectl',
  });
}

function notKubeconfig(given: string, expected: string): Error {
  return userError({ given, expected, fix: 'pass one kubeconfig file, as kubectl writes it' });
}

/**
 * Reads a value as a mapping with text keys. A missing value is an empty mapping.
 */
function sectionOf(at: string, value: unknown): Section {
  if (value === undefined || value === null) return { at, fields: new Map() };
  if (!(value instanceof Map)) {
    const given = at === '' ? `this is not a kubeconfig: it is ${kindOf(value)}` : `it is ${kindOf(value)}`;
    throw userError({ at, given, expected: 'a mapping', fix: 'pass the kubeconfig file; if it is base64, decode it first' });
  }
  const hasOddKey = [...value.keys()].some((key) => typeof key !== 'string');
  if (hasOddKey) throw userError({ at, given: 'it has a key that is not text', expected: 'field names', fix: 'quote the key or remove it' });
  return { at, fields: value };
}

/**
 * Reads a text field. Returns `undefined` when the field is missing.
 *
 * @throws When the value is not a text.
 */
export function textField(section: Section, key: string): string | undefined {
  const value = section.fields.get(key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw userError({ at: pathTo(section, key), given: `it is ${kindOf(value)}`, expected: 'text', fix: 'quote it' });
}

/**
 * Reads the entries of a list.
 *
 * @param list `clusters`, `users` or `contexts`.
 * @param body `cluster`, `user` or `context`.
 * @throws When an entry has no name, or two have the same name.
 */
export function entries(root: Section, list: string, body: string): Entry[] {
  const value = root.fields.get(list) ?? [];
  if (!Array.isArray(value)) {
    throw userError({ at: list, given: `it is ${kindOf(value)}`, expected: 'a list', fix: `start each of the ${list} with "- name:"` });
  }
  const all = value.map((element, index) => entry(`${list}[${index}]`, element, body));
  const names = new Set<string>();
  const twice = all.find(({ name }) => names.has(name) || !names.add(name));
  if (!twice) return all;
  throw userError({ at: twice.wrapper.at, given: `the name ${shown(twice.name)} occurs twice`, expected: 'each name once', fix: 'remove one of the two entries' });
}

function entry(at: string, element: unknown, body: string): Entry {
  const wrapper = sectionOf(at, element);
  const name = textField(wrapper, 'name');
  if (!name) throw userError({ at, given: 'it has no name', expected: `a name and a ${body}`, fix: `name it, or remove the ${body}` });
  return { name, wrapper, body: sectionOf(pathTo(wrapper, body), wrapper.fields.get(body)) };
}

/**
 * Looks up an entry by its name.
 *
 * @param at The place that refers to the entry, for the error.
 * @throws When there is no such entry. The error lists the names that exist.
 */
export function entryNamed(all: Entry[], name: string, at: string): Entry {
  const found = all.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = all.map((candidate) => shown(candidate.name)).join(', ');
  const [expected, fix] = names ? [`one of ${names}`, 'use one of these names'] : ['an entry with that name', 'add the entry'];
  throw userError({ at, given: `${shown(name)} is not in the file`, expected, fix });
}

/**
 * The path of a field: `clusters[0].cluster.server`.
 */
export function pathTo(section: Section, key: string): string {
  return section.at ? `${section.at}.${key}` : key;
}

/**
 * Shows a value of a kubeconfig in an error. The field is not secret, but people paste tokens and passwords into wrong fields:
 * a value that looks like one is not shown.
 */
export function shown(value: string): string {
  return /eyJ|-----|:\/\/[^/]*@/.test(value) ? 'a value that is not shown here' : show(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a mapping';
  return value === null ? 'nothing' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
