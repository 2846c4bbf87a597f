import type * as yaml from 'yaml';
import { KubectlReader, RENDER_FIRST } from './reader';
import { syntaxProblem } from './syntax';
import { isObject, Json, JsonObject, parseJson } from '../base/json';
import { yamlModule } from '../base/lazy-yaml';
import { checkSize } from '../base/text-file';
import { userError, show } from '../base/user-error';

/**
 * One document of a manifest.
 */
export interface ManifestDocument {
  /** What kubectl makes of it. Parts that are repeated by alias are the same object: treat it as immutable. */
  readonly value: JsonObject;
  /** The nodes it was read from. Their ranges count from `start`. */
  readonly nodes: yaml.Document.Parsed;
  /** Whether a part of it can stand in several places. */
  readonly hasAnchors: boolean;
  /** Offset in the text. */
  readonly start: number;
  /** The node that a field of the value was read from; an alias where one stands for it. */
  readonly nodeOf: (parent: JsonObject, key: string) => yaml.Node | undefined;
  /** `file:line:column` of a node, or of the whole. */
  readonly at: (node?: yaml.Node) => string;
}

/**
 * The documents of a manifest with the values and types that kubectl gives them. Empty documents are left out.
 *
 * Whatever kubectl refuses is refused, and so is what it would change without a word: numbers beyond 2^53, a key given twice,
 * text behind the end of a document.
 *
 * @throws A refusal with `file:line:column`.
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/yaml/decoder.go
 */
export function parseManifest(text: string, fileName: string): ManifestDocument[] {
  checkSize(Buffer.byteLength(text), fileName);
  const source = new Source(text, fileName);
  source.checkCharacters();
  source.checkDepth();
  const documents = source.chunks().flatMap((chunk) => chunk.documents());
  if (documents.length > 0) return documents;
  throw userError({ at: `${fileName}:1:1`, given: 'no document', expected: 'a Kubernetes object in YAML', fix: 'write one, or leave the file out' });
}

/** Maps and lists in each other that are read at most. */
const DEEPEST = 1000;

const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}|\r(?!\n)/u;

class Source {
  /** A program that writes JSON may use two escapes that YAML lacks: kubectl reads such a file as JSON. */
  public readonly isJson: boolean;

  public constructor(public readonly text: string, private readonly fileName: string) {
    this.isJson = text.trimStart().startsWith('{') && parseJson(text) !== undefined;
  }

  public at(offset: number): string {
    const before = this.text.slice(0, offset).split('\n');
    const column = (before.at(-1) ?? '').replace(/^\ufeff/, '').length + 1;
    return `${this.fileName}:${before.length}:${column}`;
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

  /** Refuses what would exhaust the memory of the parser before it exhausts its stack. Brackets in texts come in pairs and do not count. */
  public checkDepth(): void {
    const offset = deepest(this.text);
    if (offset < 0) return;
    throw userError({ at: this.at(offset), given: TOO_DEEP, expected: `at most ${DEEPEST} levels`, fix: 'flatten it' });
  }

  /** kubectl cuts the text at lines that start with `---` before any YAML is read. */
  public chunks(): Chunk[] {
    const starts: number[] = [this.text.startsWith('\ufeff') ? 1 : 0];
    const ends: number[] = [];
    for (const line of this.text.matchAll(/(?<=^\ufeff?|\n)---([^\n]*)\n?/g)) {
      this.checkSeparator(line[1] ?? '', line.index);
      ends.push(line.index);
      starts.push(line.index + line[0].length);
    }
    ends.push(this.text.length);
    return starts.map((start, i) => new Chunk(this, start, ends[i] ?? start));
  }

  private checkSeparator(rest: string, offset: number): void {
    if (/^\s*(#|$)/.test(rest)) return;
    throw userError({
      at: this.at(offset),
      given: `${show(rest.trim())} behind "---"`,
      expected: 'a document marker alone on its line, as kubectl demands',
      fix: 'put the text on the next line',
    });
  }
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function deepest(text: string): number {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > DEEPEST) return index;
  }
  return text.search(new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`));
}

class Chunk {
  private readonly text: string;

  public constructor(private readonly source: Source, private readonly start: number, end: number) {
    this.text = source.text.slice(start, end);
  }

  public documents(): ManifestDocument[] {
    const [document, ...others] = this.parse();
    if (others[0]) throw this.ignored(others[0]);
    const root = document?.contents;
    if (!root) return [];
    const at = (node: yaml.Node = root) => this.at(node.range?.[0] ?? 0);
    const reader = new KubectlReader(this.text, this.source.isJson, at);
    const value = this.shallow(() => reader.read(root));
    if (value === null) return [];
    const nodeOf = (parent: JsonObject, key: string) => reader.nodeOf(parent, key);
    return [{ value: kubernetesObject(value, at), nodes: document, hasAnchors: reader.hasAnchors, start: this.start, at, nodeOf }];
  }

  private at(offset: number): string {
    return this.source.at(this.start + offset);
  }

  private parse(): yaml.Document.Parsed[] {
    const directive = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*%/.exec(this.text);
    if (directive) throw this.unreadable('a directive', directive[0].length - 1, 'remove the line that starts with "%"');
    const options = { version: '1.1', schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
    const documents = [...this.shallow(() => yamlModule().parseAllDocuments(this.text, options))];
    const error = documents.flatMap(({ errors }) => errors)[0];
    if (error) throw this.invalid(error);
    const problem = documents[0] && this.shallow(() => syntaxProblem(this.text, documents[0]!));
    if (problem) throw this.unreadable(problem.given, problem.offset, problem.fix);
    return documents;
  }

  private shallow<T>(read: () => T): T {
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
    return this.unreadable(`invalid YAML (${show(error.message)})`, offset, isTemplate ? RENDER_FIRST : 'correct it');
  }

  private ignored(document: yaml.Document.Parsed): Error {
    return userError({
      at: this.at(document.contents?.range[0] ?? document.range[0]),
      given: 'text behind the end of a document, which kubectl ignores',
      expected: 'one document between two lines "---"',
      fix: 'write "---" between the documents',
    });
  }

  private unreadable(given: string, offset: number, fix: string): Error {
    return userError({ at: this.at(offset), given, expected: 'YAML that kubectl reads', fix });
  }
}

function kubernetesObject(value: Json, at: () => string): JsonObject {
  if (isObject(value) && isText(value.apiVersion) && isText(value.kind)) return value;
  const given = isObject(value) ? `apiVersion ${show(value.apiVersion)} and kind ${show(value.kind)}` : `a document that is ${show(value)}`;
  throw userError({ at: at(), given, expected: 'a Kubernetes object', fix: 'start it with apiVersion and kind' });
}

const TOO_DEEP = 'maps and lists nested too deeply';
