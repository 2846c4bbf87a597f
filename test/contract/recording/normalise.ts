import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parse as parseYaml } from 'yaml';
import { Any } from './administrator';
import { Exchange } from './proxy';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const SECRET_SUFFIX = /-\d{8}-\d{6}-[0-9a-f]{6}\b/g;
const SHA256 = /(?<!sha256:|[0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const CERTIFICATES = /(?:-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*)+/g;
const LOCAL_PROCESS = /process \d+ on [\w.-]+/g;
const RELEASE_NAME = /cdk8s-ci-deploy-[a-z0-9-]*[0-9a-f]{10}\b/g;
const OWNER_ID = /release-[\w-]{43}-v1/g;
/** The form in which a credential's Secret names a file of this machine. */
const PLACE = /^(file \S+) [0-9a-f]{8}$/;
/** The ServiceAccount that does not exist, with which the rights of a real one are compared. */
const NOBODY = /:none-[0-9a-f]{16}\b/g;
const POD = /(?<=\/pods\/)[\w.-]+(?=\/)/g;

/**
 * Replaces values in texts and bodies that differ between two runs of a scenario. Equal values get the same name: a uid is named after its object,
 * and other random texts are numbered in the order of their first occurrence.
 */
export class Normaliser {
  private readonly uids = new Map<string, string>();
  private readonly versions = new Map<string, string>();
  private readonly latest = new Map<string, string>();
  private readonly owners = new Map<string, string>();
  private readonly numbered = new Map<string, Map<string, string>>();

  /** @param fixed Texts of this run, such as addresses, and their names. */
  public constructor(private readonly namespace: string, private readonly fixed: ReadonlyArray<readonly [string, string]>) {}

  /** Learns names from a response. The order of the responses matters. */
  public learn({ answer = '', server, path }: Exchange): void {
    // A dry run creates no object, so its uid is not learned.
    if (server === 'kubernetes' && !path.includes('dryRun=') && answer.startsWith('{')) this.learnObject(JSON.parse(answer));
  }

  /** The text with all replacements. */
  public text(text: string): string {
    for (const [name] of text.matchAll(RELEASE_NAME)) this.owners.set(ownerId(name, this.namespace), `<owner id of ${name}>`);
    const fixed = [...this.fixed, [this.namespace, '{namespace}'] as const].reduce((result, [from, to]) => result.replaceAll(from, to), text);
    return fixed
      .replace(CERTIFICATES, '<certificates>')
      .replace(TOKEN, '<token>')
      .replace(UUID, (uid) => this.uids.get(uid) ?? this.numberedName('random', uid))
      .replace(OWNER_ID, (id) => this.owners.get(id) ?? id)
      .replace(SECRET_SUFFIX, (suffix) => `-${this.numberedName('credential', suffix)}`)
      .replace(TIME, '<time>')
      .replace(SHA256, '<sha256>')
      .replace(LOCAL_PROCESS, '<process>')
      .replace(PLACE, '$1 <place>')
      .replace(NOBODY, ':none-<random>')
      .replace(POD, '<pod>');
  }

  /** The body, parsed, with sorted keys and with packed data unpacked. */
  public body(body: string): unknown {
    return body === '' ? undefined : this.value(/^[[{]/.test(body) ? JSON.parse(body) : body);
  }

  /** The data of a file or an output in JSON or YAML, otherwise its text. */
  public content(text: string): unknown {
    return this.value(structured(text) ?? text);
  }

  /** JSON without messages: texts of several words, and the texts of fields for messages. */
  public machineReadable(json: unknown): unknown {
    return withoutWords(this.value(json));
  }

  private value(value: unknown, key = ''): unknown {
    if (Array.isArray(value)) return value.map((one) => this.value(one, key));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
      return Object.fromEntries(entries.map(([name, one]) => [this.text(name), this.value(one, name)]));
    }
    if (typeof value === 'number' && NUMBERS.has(key)) return '<number>';
    if (typeof value === 'number' && value > THIS_CENTURY) return '<time>';
    if (typeof value !== 'string') return value;
    if (key === 'resourceVersion') return this.version(value);
    if (value.length > LONGEST_TEXT) return '<long text>';
    const unpacked = this.unpacked(value);
    return unpacked === undefined ? this.text(value) : this.value(unpacked);
  }

  /** The data of a text in JSON, base64 or gzip. */
  private unpacked(text: string): unknown {
    if (/^[[{]/.test(text)) {
      try {
        return { '<json>': JSON.parse(text) };
      } catch {
        return undefined;
      }
    }
    if (text.length < 8 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
    const bytes = Buffer.from(text, 'base64');
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { '<gzip>': JSON.parse(gunzipSync(bytes).toString()) };
    const decoded = bytes.toString();
    return /^[\t\n\r -~]+$/.test(decoded) && Buffer.from(decoded).equals(bytes) ? { '<base64>': structured(decoded) ?? decoded } : undefined;
  }

  private version(value: string): string {
    const of = this.versions.get(value);
    if (of === undefined) return /^\d{3,}$/.test(value) ? '<resourceVersion>' : value;
    return this.latest.get(of) === value ? `<resourceVersion of ${of}>` : `<earlier resourceVersion of ${of}>`;
  }

  private learnObject({ kind = '', metadata, items }: Any, of = kind): void {
    if (Array.isArray(items)) items.forEach((item) => this.learnObject(item, item.kind ?? kind.replace(/List$/, '')));
    const { uid, name, resourceVersion } = metadata ?? {};
    if (uid === undefined) return;
    const called = `${of} ${this.text(name)}`;
    if (!this.uids.has(uid)) {
      const known = [...this.uids.values()].filter((label) => label.startsWith(`<uid of ${called}`)).length;
      this.uids.set(uid, `<uid of ${called}${known === 0 ? '' : `, the ${known + 1}th`}>`);
    }
    if (resourceVersion === undefined) return;
    this.versions.set(resourceVersion, called);
    this.latest.set(called, resourceVersion);
  }

  private numberedName(kind: string, text: string): string {
    const names = this.numbered.get(kind) ?? new Map<string, string>();
    this.numbered.set(kind, names);
    if (!names.has(text)) names.set(text, `<${kind} ${names.size + 1}>`);
    return names.get(text) ?? '';
  }
}

/** Characters. Longer texts are not recorded. */
const LONGEST_TEXT = 20_000;

/** Milliseconds since 1970. No other number is as large. */
const THIS_CENTURY = Date.UTC(2000, 0);

/** Fields of results with durations, or with counts that depend on the length of a token or on connections. */
const NUMBERS = new Set(['seconds', 'connections', 'bytes', 'elapsed']);

/** Fields of results with messages, even of one word. */
const WORDS = new Set(['error', 'words', 'message', 'advice', 'warnings', 'notes', 'instructions', 'title', 'diff', 'why', 'given', 'fix']);

function withoutWords(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutWords(one, key));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutWords(one, name)]));
  return typeof value === 'string' && (WORDS.has(key) || /\s\S+\s|\n/.test(value)) ? '<words>' : value;
}

/** The expected value of the owner label. */
function ownerId(record: string, namespace: string): string {
  return `release-${createHash('sha256').update(`${record}.${namespace}.Secret.`).digest('base64url')}-v1`;
}

function structured(text: string): unknown {
  try {
    const value: unknown = parseYaml(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
