import type * as yaml from 'yaml';
import { keyText, plainScalar, Scalar, taggedScalar } from './scalars';
import { isObject, Json, JsonObject } from '../base/json';
import { yamlModule } from '../base/lazy-modules';
import { show, typeInWords, userError } from '../base/user-error';

/** The advice for errors that `{{ }}` causes. */
export const RENDER_FIRST = 'it looks like a Helm or Go template ("{{ }}"): render that first';

const STR = 'tag:yaml.org,2002:str';
const MERGE = 'tag:yaml.org,2002:merge';
const UNSUPPORTED_TAGS = new Set(['tag:yaml.org,2002:binary', 'tag:yaml.org,2002:timestamp']);
const LARGEST_NUMBER = 2 ** 53;

/** go-yaml refuses documents with a higher ratio of repeated nodes. The limit of nodes is ours; no hand-written document reaches it. */
const REPETITION_LIMIT = { ratio: 0.99, nodes: 100_000 };

interface Anchored {
  readonly value: Json;
  readonly nodes: number;
}

/**
 * Converts the YAML nodes of one document to values as kubectl does: merge keys, aliases, map keys and scalars.
 */
export class KubectlReader {
  private readonly anchors = new Map<string, Anchored | undefined>();
  private readonly fields = new WeakMap<JsonObject, Map<string, yaml.Node>>();
  private nodes = 0;
  private repeated = 0;

  /**
   * @param shown Shows a part of the text in an error.
   */
  public constructor(
    private readonly text: string,
    private readonly isJson: boolean,
    private readonly at: (node: yaml.Node) => string,
    private readonly shown: (value: unknown) => string,
  ) {}

  public get hasAnchors(): boolean {
    return this.anchors.size > 0;
  }

  public nodeOf(parent: JsonObject, key: string): yaml.Node | undefined {
    return this.fields.get(parent)?.get(key);
  }

  public read(node: yaml.Node): Json {
    const { isAlias } = yamlModule();
    if (isAlias(node)) return this.alias(node);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor === undefined) return this.value(node);
    const before = this.nodes;
    this.anchors.set(anchor, undefined);
    const value = this.value(node);
    this.anchors.set(anchor, { value, nodes: this.nodes - before });
    return value;
  }

  private value(node: yaml.Node): Json {
    const { isMap, isSeq, isScalar } = yamlModule();
    this.nodes += 1;
    if (isMap(node)) return this.map(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item as yaml.Node));
    if (isScalar(node)) return this.json(this.scalar(node), node);
    throw this.errorAt(node, 'a node of an unknown kind', 'a map, a list or a scalar', 'write it as one of these');
  }

  private alias(node: yaml.Alias): Json {
    const anchored = this.anchors.get(node.source);
    if (!anchored) throw this.errorAt(node, `the alias ${this.shown(`*${node.source}`)}`, 'an anchor that ends before it', 'write the value out');
    this.nodes += anchored.nodes;
    this.repeated += anchored.nodes;
    const isBomb = this.repeated > 100 && this.nodes > 1000 && this.repeated / this.nodes > REPETITION_LIMIT.ratio;
    if (!isBomb && this.repeated <= REPETITION_LIMIT.nodes) return anchored.value;
    throw this.errorAt(node, 'aliases that repeat too much', `at most ${REPETITION_LIMIT.nodes} repeated nodes`, 'write the repeated parts out, or fewer of them');
  }

  private map(node: yaml.YAMLMap): JsonObject {
    const result: JsonObject = {};
    const fields = new Map<string, yaml.Node>();
    const own = new Set<string>();
    this.fields.set(result, fields);
    for (const { key, value } of node.items as Array<yaml.Pair<yaml.Node | null, yaml.Node | null>>) {
      if (key && isMerge(key)) {
        // In kubectl a merge key overrides the keys before it. YAML 1.1 says the opposite.
        for (const map of this.merged(key, value)) this.copy(map, result, fields);
      } else {
        const name = this.key(node, key);
        if (own.has(name)) throw this.errorAt(key ?? node, `a second key ${this.shown(name)}`, 'each key once', 'remove one of the two');
        own.add(name);
        result[name] = value ? this.read(value) : null;
        if (value) fields.set(name, value);
      }
    }
    return result;
  }

  private copy(map: JsonObject, result: JsonObject, fields: Map<string, yaml.Node>): void {
    Object.assign(result, map);
    this.fields.get(map)?.forEach((node, name) => fields.set(name, node));
  }

  private merged(key: yaml.Node, value: yaml.Node | null): JsonObject[] {
    const parts = value && yamlModule().isSeq(value) ? value.items as yaml.Node[] : [value];
    return parts.map((part) => {
      const map = part ? this.read(part) : null;
      if (isObject(map)) return map;
      throw this.errorAt(part ?? key, `${typeInWords(map)} after "<<"`, 'a map or a list of maps', 'merge maps only');
    }).reverse();
  }

  private key(map: yaml.YAMLMap, key: yaml.Node | null): string {
    const { isAlias, isCollection } = yamlModule();
    if (key && isCollection(key)) throw this.errorAt(key, 'a map or list as a key', 'text as a key', RENDER_FIRST);
    if (key && isAlias(key)) return this.textOf(key, this.alias(key));
    const scalar = key ? this.anchoredScalar(key as yaml.Scalar) : { type: 'null' } as const;
    const name = keyText(scalar);
    if (name === undefined || isTooLarge(scalar)) throw this.errorAt(key ?? map, `${this.shown(name ?? null)} as a key`, 'text as a key', 'quote it');
    return this.textOf(key ?? map, name);
  }

  private anchoredScalar(key: yaml.Scalar): Scalar {
    const scalar = this.scalar(key);
    this.nodes += 1;
    if (key.anchor !== undefined) this.anchors.set(key.anchor, { value: this.json(scalar, key), nodes: 1 });
    return scalar;
  }

  private textOf(node: yaml.Node, key: Json): string {
    if (typeof key === 'string' && key !== '__proto__') return key;
    throw this.errorAt(node, `${this.shown(key)} as a key`, 'text other than "__proto__" as a key', 'write the key out in quotes, or rename it');
  }

  private scalar(node: yaml.Scalar): Scalar {
    const text = node.source ?? '';
    if (node.type === 'QUOTE_DOUBLE') this.checkEscapes(node);
    if (node.tag === undefined) return node.type === 'PLAIN' ? plainScalar(text) : { type: 'str', value: text };
    const scalar = UNSUPPORTED_TAGS.has(node.tag) ? undefined : taggedScalar(node.tag, text);
    if (scalar) return scalar;
    throw this.errorAt(node, `${this.shown(text)} with the tag ${this.shown(node.tag)}`, `a value of that type, or ${show(STR)}`, 'remove the tag');
  }

  private json(scalar: Scalar, node: yaml.Node): Json {
    if (scalar.type === 'null') return null;
    if (scalar.type === 'bool' || scalar.type === 'str') return scalar.value;
    if (!isTooLarge(scalar)) return Number(scalar.value) + 0;
    const given = `the number ${this.shown(this.sourceOf(node))}`;
    throw this.errorAt(node, given, 'a number up to 2^53, which every reader keeps exactly', 'quote it if it is text');
  }

  /** Checks for escapes of YAML 1.2 and JSON that go-yaml refuses. */
  private checkEscapes(node: yaml.Scalar): void {
    if (this.isJson) return;
    for (const [escape] of this.sourceOf(node).matchAll(/\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|[^])/gi)) {
      if (escape !== '\\/' && !/^\\(?:u|U0000)d[89a-f]/i.test(escape)) continue;
      throw this.errorAt(node, `the escape ${this.shown(escape)}`, 'an escape of YAML 1.1', 'write the character itself');
    }
  }

  private sourceOf(node: yaml.Node): string {
    return this.text.slice(node.range?.[0], node.range?.[1]);
  }

  private errorAt(node: yaml.Node, given: string, expected: string, fix: string): Error {
    return userError({ at: this.at(node), given, expected, fix });
  }
}

function isMerge(key: yaml.Node): boolean {
  const { isScalar } = yamlModule();
  return isScalar(key) && key.source === '<<' && (key.tag === MERGE || (key.tag === undefined && key.type === 'PLAIN'));
}

function isTooLarge(scalar: Scalar): boolean {
  if (scalar.type === 'int') return scalar.value > LARGEST_NUMBER || scalar.value < -LARGEST_NUMBER;
  return scalar.type === 'float' && !(Math.abs(scalar.value) <= LARGEST_NUMBER);
}
