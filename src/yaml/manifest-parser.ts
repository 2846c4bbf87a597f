import type * as yaml from 'yaml';
import { KubectlReader, RENDER_FIRST } from './reader';
import { syntaxProblem } from './syntax';
import { isObject, Json, JsonObject, parseJson } from '../base/json';
import { yamlModule } from '../base/lazy-modules';
import { checkSize } from '../base/text-file';
import { show, typeInWords, userError } from '../base/user-error';
import { isList, typedItem } from '../kubernetes/kinds';
import { encryptedFile, toolInput } from '../kubernetes/tool-input';

/**
 * One document of a manifest.
 */
export interface ManifestDocument {
  /** The value that kubectl reads. Do not change it: aliases share objects. */
  readonly value: JsonObject;
  /** The YAML nodes of the value. Their ranges are relative to `start`. */
  readonly nodes: yaml.Document.Parsed;
  /** Whether the document has anchors, so that one node can be part of several values. */
  readonly hasAnchors: boolean;
  /** The offset of the document in the text. */
  readonly start: number;
  /** The node of a field of the value. It can be an alias. */
  readonly nodeOf: (parent: JsonObject, key: string) => yaml.Node | undefined;
  /** The place of a node, by default of the whole document, as `file:line:column`. */
  readonly at: (node?: yaml.Node) => string;
}

/**
 * Parses a manifest into documents with the values and types that kubectl reads. Empty documents are left out.
 *
 * @throws When kubectl would refuse the manifest, or would silently change it: numbers beyond 2^53, duplicate keys, text after the end of a document.
 * The message starts with `file:line:column`.
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/yaml/decoder.go
 */
export function parseManifest(text: string, fileName: string): ManifestDocument[] {
  checkSize(Buffer.byteLength(text), fileName);
  const encryption = encryptedFile(text);
  if (encryption) throw userError({ at: `${fileName}:1:1`, ...encryption });
  const source = new Source(text, fileName);
  source.checkCharacters();
  source.checkDepth();
  const documents = source.chunks().flatMap((chunk) => chunk.documents());
  if (documents.length > 0) return documents;
  throw userError({ at: `${fileName}:1:1`, given: 'no document', expected: 'a Kubernetes object in YAML', fix: 'write an object into it, or leave the file out' });
}

/**
 * An object and its place in a file.
 */
export interface PlacedObject {
  /** `file:line:column`, and the index in a List. */
  readonly at: string;
  readonly value: JsonObject;
}

/**
 * Replaces a list by its items, also inside of lists, as kubectl does. Returns other objects unchanged.
 *
 * @param onInvalid Called for each item that is not an object, and for items that are not a list; by default these are left out.
 */
export function unfoldList({ at, value }: PlacedObject, onInvalid: (at: string, item: Json) => void = () => undefined): PlacedObject[] {
  if (!isList(value)) return [{ at, value }];
  const isEmpty = value.items === null && String(value.kind).endsWith('List');
  if (!Array.isArray(value.items)) {
    if (!isEmpty) onInvalid(`${at}: items`, value.items ?? null);
    return [];
  }
  return value.items.flatMap((item, index) => {
    const place = `${at}: items[${index}]`;
    if (isObject(item)) return unfoldList({ at: place, value: typedItem(value, item) }, onInvalid);
    onInvalid(place, item);
    return [];
  });
}

/** The limit of nested maps and lists. */
const DEEPEST = 1000;

/** A byte order mark may stand at the start of a document: files with marks are often concatenated. */
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]|(?<!(?:^|\n)---[^\n]*\n)\ufeff|\p{Surrogate}|\r(?!\n)/u;

class Source {
  /** The offsets at which lines start. Made once, because each document of a file asks for its place. */
  private lineStarts: readonly number[] | undefined;

  public constructor(public readonly text: string, private readonly fileName: string) {}

  /** Shows a part of the text in an error. A Secret may be unreadable where its values are, so a text that mentions one is not shown at all. */
  public readonly shown = (value: unknown): string => (mayHaveSecret(this.text) ? '(hidden)' : show(value));

  public at(offset: number): string {
    this.lineStarts ??= [0, ...Array.from(this.text.matchAll(/\n/g), ({ index }) => index + 1)];
    const line = lastNotAfter(this.lineStarts, offset);
    const column = this.text.slice(this.lineStarts[line], offset).replace(/^\ufeff/, '').length + 1;
    return `${this.fileName}:${line + 1}:${column}`;
  }

  public checkCharacters(): void {
    const bom = this.text.startsWith('\ufeff') ? 1 : 0;
    const offset = this.text.slice(bom).search(UNREADABLE);
    if (offset < 0) return;
    const code = this.text.charCodeAt(bom + offset).toString(16).toUpperCase().padStart(4, '0');
    throw userError({
      at: this.at(bom + offset),
      given: `the character U+${code}`,
      expected: 'text without control characters, byte order marks and line breaks other than LF and CRLF',
      fix: 'remove it, or write it as an escape in double quotes',
    });
  }

  /** Checks the nesting before the parser runs, because deep nesting exhausts its memory. Counts brackets in texts as well; those come in pairs. */
  public checkDepth(): void {
    const offset = tooDeepAt(this.text);
    if (offset < 0) return;
    throw userError({ at: this.at(offset), given: TOO_DEEP, expected: `at most ${DEEPEST} levels`, fix: 'flatten it' });
  }

  /** kubectl reads a text that begins with JSON objects as JSON. It splits other texts at lines that start with `---` before it parses YAML. */
  public chunks(): Chunk[] {
    const objects = jsonObjects(this.text);
    const rest = objects.at(-1)?.end ?? 0;
    return [...objects.map(({ start, end }) => new Chunk(this, start, end, true)), ...this.yamlChunks(rest)];
  }

  private yamlChunks(from: number): Chunk[] {
    const starts: number[] = [from];
    const ends: number[] = [];
    for (const line of this.text.matchAll(/(?<=^\ufeff?|\n)---([^\n]*)\n?/g)) {
      if (line.index < from) continue;
      this.checkSeparator(line[1] ?? '', line.index);
      ends.push(line.index);
      starts.push(line.index + line[0].length);
    }
    ends.push(this.text.length);
    return starts.map((start, i) => new Chunk(this, start + (this.text[start] === '\ufeff' ? 1 : 0), ends[i] ?? start, false));
  }

  private checkSeparator(rest: string, offset: number): void {
    if (/^\s*(#|$)/.test(rest)) return;
    throw userError({
      at: this.at(offset),
      given: `${this.shown(rest.trim())} after "---"`,
      expected: 'the document marker alone on its line, as kubectl requires',
      fix: 'put the text on the next line',
    });
  }
}

/**
 * Whether a text may be the manifest of a Secret. The kind may be escaped.
 */
export function mayHaveSecret(text: string): boolean {
  return /secret|\\[xu]/i.test(text);
}

function scalarOrType(value: Json | undefined): string {
  return typeof value === 'object' ? typeInWords(value) : show(value);
}

/** The index of the last number that is not greater than the limit, in a sorted list that starts with 0. */
function lastNotAfter(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((sorted[middle] ?? 0) <= limit) low = middle;
    else high = middle;
  }
  return low;
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

/** The offset where the nesting exceeds the limit, or a negative number. */
function tooDeepAt(text: string): number {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEEPEST) return index;
  }
  // Lists and maps in one line: `- - - a`.
  let [start, end, levels] = [0, -1, 0];
  for (const { 0: mark, index } of text.matchAll(/[-?:][ \t]+/g)) {
    [start, levels] = index === end ? [start, levels + 1] : [index, 1];
    if (levels === DEEPEST) return start;
    end = index + mark.length;
  }
  return -1;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The JSON objects at the beginning of a text, one after another. */
function jsonObjects(text: string): Range[] {
  const found: Range[] = [];
  for (let start = jsonStart(text, text.startsWith('\ufeff') ? 1 : 0); text[start] === '{';) {
    const end = closingBrace(text, start);
    if (parseJson(text.slice(start, end)) === undefined) break;
    found.push({ start, end });
    start = jsonStart(text, end);
  }
  return found;
}

function jsonStart(text: string, from: number): number {
  const space = /[ \t\r\n]*/y;
  space.lastIndex = from;
  space.test(text);
  return space.lastIndex;
}

function closingBrace(text: string, from: number): number {
  const tokens = /"[^"\\]*(?:\\[^][^"\\]*)*"|[{}]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '{') depth += 1;
    if (token[0] === '}') depth -= 1;
    if (depth === 0) return tokens.lastIndex;
  }
  return text.length;
}

class Chunk {
  private readonly text: string;

  /** JSON has two escapes that YAML 1.1 does not have. */
  public constructor(private readonly source: Source, private readonly start: number, end: number, private readonly isJson: boolean) {
    this.text = source.text.slice(start, end);
  }

  public documents(): ManifestDocument[] {
    const [document, ...others] = this.parse();
    if (others[0]) throw this.ignored(others[0]);
    const root = document?.contents;
    if (!root) return [];
    const at = (node: yaml.Node = root) => this.at(node.range?.[0] ?? 0);
    const reader = new KubectlReader(this.text, this.isJson, at, this.source.shown);
    const value = this.withinStack(() => reader.read(root));
    if (value === null) return [];
    const nodeOf = (parent: JsonObject, key: string) => reader.nodeOf(parent, key);
    return [{ value: checkedObject(value, at), nodes: document, hasAnchors: reader.hasAnchors, start: this.start, at, nodeOf }];
  }

  private at(offset: number): string {
    return this.source.at(this.start + offset);
  }

  private parse(): yaml.Document.Parsed[] {
    const directive = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*%/.exec(this.text);
    if (directive) throw this.unreadable('a directive', directive[0].length - 1, 'remove the line that starts with "%"');
    const options = { version: '1.1', schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
    const documents = [...this.withinStack(() => yamlModule().parseAllDocuments(this.text, options))];
    const error = documents.flatMap(({ errors }) => errors)[0];
    if (error) throw this.invalid(error);
    const problem = documents[0] && this.withinStack(() => syntaxProblem(this.text, documents[0]!));
    if (problem) throw this.unreadable(problem.given, problem.offset, problem.fix);
    return documents;
  }

  /** Reports a stack overflow of the parser as an error of the manifest. */
  private withinStack<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw this.unreadable(TOO_DEEP, 0, 'flatten it');
    }
  }

  private invalid(error: yaml.YAMLParseError): Error {
    const offset = error.pos[0];
    if (error.code === 'TAB_AS_INDENT') return this.unreadable('a tab', offset, 'indent with spaces');
    if (error.code === 'RESOURCE_EXHAUSTION') return this.unreadable(TOO_DEEP, offset, 'flatten it');
    const isTemplate = /\{\{/.test(this.text);
    return this.unreadable(`invalid YAML (${mayHaveSecret(this.source.text) ? error.code : show(error.message)})`, offset, isTemplate ? RENDER_FIRST : 'fix the syntax at that place; an editor with YAML support shows the error');
  }

  private ignored(document: yaml.Document.Parsed): Error {
    return userError({
      at: this.at(document.contents?.range[0] ?? document.range[0]),
      given: 'text after the end of a document, which kubectl ignores',
      expected: 'one document between two lines "---"',
      fix: 'write "---" between the documents',
    });
  }

  private unreadable(given: string, offset: number, fix: string): Error {
    return userError({ at: this.at(offset), given, expected: 'YAML that kubectl reads', fix });
  }
}

function checkedObject(value: Json, at: () => string): JsonObject {
  const unready = toolInput(value);
  if (unready) throw userError({ at: at(), ...unready });
  if (isObject(value) && isText(value.apiVersion) && isText(value.kind)) return value;
  const given = isObject(value) ? `apiVersion ${scalarOrType(value.apiVersion)} and kind ${scalarOrType(value.kind)}` : `a document that is ${typeInWords(value)}`;
  throw userError({ at: at(), given, expected: 'a Kubernetes object', fix: 'start it with apiVersion and kind' });
}

const TOO_DEEP = 'maps and lists nested too deeply';
