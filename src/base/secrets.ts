import { isObject, Json, parseJson } from './json';
import { percentDecoded, plainText } from './plain-text';

/**
 * The secrets that a process knows, and their mask.
 *
 * The mask finds each secret as it is, escaped (JSON, URL, HTML, Go, YAML), in base64 at any offset, and line by line.
 * Add a secret as soon as it is read. Mask a text before it is cut: a part of a secret cannot be found.
 */
export class Secrets {
  /** The forms of all secrets by their first characters, the longest form first. */
  private readonly forms = new Map<string, string[]>();
  private readonly added = new Set<string>();
  private longest = 0;
  private publicWords = '';

  /**
   * Adds secrets. Values with fewer than 6 characters are left out: they would mask ordinary text.
   */
  public add(...secrets: ReadonlyArray<string | undefined>): void {
    for (const secret of secrets) {
      if (secret === undefined || this.added.has(secret)) continue;
      this.added.add(secret);
      for (const form of formsOf(secret)) this.addForm(form);
      this.add(...secretsIn(secret));
    }
  }

  /**
   * Says that words are public, such as names of objects. A secret that is part of one is not masked if it is added later: a user `postgres` must not
   * mask the Deployment `postgres`.
   */
  public publish(...words: readonly string[]): void {
    this.publicWords = [this.publicWords, ...words].join('\n');
  }

  /**
   * Replaces every secret in a text by `[MASKED]`.
   */
  public mask(text: string): string {
    if (this.forms.size === 0 || text.length < SHORTEST) return text;
    const plain = plainText(text);
    const found = [...this.find(text)];
    if (plain.text !== text) {
      for (const [start, end] of this.find(plain.text)) found.push([plain.rangeOf(start)[0], plain.rangeOf(end - 1)[1]]);
    }
    return found.length === 0 ? text : withMarks(text, found);
  }

  /**
   * Masks a text and cuts it to a number of characters. The end of a text that was cut is marked.
   */
  public cut(text: string, length: number, mark: string): string {
    // The mask needs whole secrets, so it reads beyond the cut. It does not read all of a large text.
    const beyond = length + this.longest * LONGEST_ESCAPE;
    let [seen, masked] = [beyond, this.mask(text.slice(0, beyond))];
    while (seen < text.length && masked.length < 2 * beyond) {
      seen *= 2;
      masked = this.mask(text.slice(0, seen));
    }
    return masked.length > length ? `${masked.slice(0, length)}${mark}` : masked;
  }

  /**
   * Forgets all secrets and public words. For tests.
   */
  public clear(): void {
    this.forms.clear();
    this.added.clear();
    this.longest = 0;
    this.publicWords = '';
  }

  private addForm(form: string): void {
    const key = form.slice(0, SHORTEST);
    const known = this.forms.get(key) ?? [];
    if (form.length < SHORTEST || known.includes(form) || this.publicWords.includes(form)) return;
    const shorter = known.findIndex(({ length }) => length < form.length);
    known.splice(shorter < 0 ? known.length : shorter, 0, form);
    this.forms.set(key, known);
    this.longest = Math.max(this.longest, form.length);
  }

  /** The ranges of all forms in a text, which may overlap. */
  private* find(text: string): Generator<[number, number]> {
    for (let index = 0; index + SHORTEST <= text.length; index++) {
      const form = this.forms.get(text.substring(index, index + SHORTEST))?.find((one) => text.startsWith(one, index));
      if (form !== undefined) yield [index, index + form.length];
    }
  }
}

/**
 * The secrets of this process.
 */
export const secrets = new Secrets();

/** Characters. */
const SHORTEST = 6;

/** Characters for one byte: `\\u0026#x27;` and the like are shorter. */
const LONGEST_ESCAPE = 12;

/**
 * A replacer for JSON that masks the secrets in each text. A mask of the whole JSON could break its structure.
 */
export function maskTexts(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? secrets.mask(value) : value;
}

const MARK = '[MASKED]';

const SECRET_SETTING = /pass|secret|token|key|^auth(?:orization)?$/i;

function withMarks(text: string, ranges: Array<[number, number]>): string {
  let [masked, end] = ['', 0];
  for (const [start, stop] of ranges.sort(([a], [b]) => a - b)) {
    if (start >= end) masked += `${text.slice(end, start)}${MARK}`;
    end = Math.max(end, stop);
  }
  return masked + text.slice(end);
}

function formsOf(secret: string): string[] {
  const texts = [secret, secret.trim(), secret.replaceAll(' ', '+'), ...linesOf(secret), ...tokenParts(secret)].filter((text) => text.trim().length >= SHORTEST);
  return [...new Set([...texts.flatMap((text) => [text, plainText(text).text]), ...secret.trim().length < SHORTEST ? [] : base64Forms(secret)])];
}

/** The lines of a long secret, such as a private key. */
function linesOf(secret: string): string[] {
  return secret.includes('\n') ? secret.split(/\r?\n/).map((line) => line.trim()).filter((line) => !/^-----(?:BEGIN|END) [A-Z ]+-----$/.test(line)) : [];
}

/** The payload and the signature of a JSON Web Token. All tokens of an issuer have the same header. */
function tokenParts(secret: string): string[] {
  return /^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/.test(secret) ? secret.split('.').slice(1) : [];
}

/** The base64 of a secret, and the part of it that stays the same when the secret is within a longer text, for each offset of the secret. */
function base64Forms(secret: string): string[] {
  const whole = Buffer.from(secret).toString('base64');
  const within = [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const text = bytes.toString('base64').replace(/=+$/, '');
    return text.slice(offset === 0 ? 0 : offset + 1, bytes.length % 3 === 0 ? undefined : -1);
  });
  const forms = [whole, whole.replace(/=+$/, ''), ...within];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** Secrets in a document that is a secret itself: the password in a URL, and settings such as `password` and `auth`, in JSON and in lines. */
function secretsIn(secret: string): string[] {
  const passwords = [...secret.matchAll(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]*:([^\s@/]+)@/gi)].flatMap(([, password = '']) => [password, percentDecoded(password)]);
  const settings = [...secret.matchAll(/^[ \t]*["']?([\w.-]{1,100})["']?[ \t]*[=:][ \t]*(\S.*)$/gm)].filter(([, name = '']) => SECRET_SETTING.test(name));
  const values = settings.map(([, , value = '']) => value.trim().replace(/^(["'])(.*)\1$/, '$2'));
  return [...passwords, ...secret.startsWith('{') ? secretFields(parseJson(secret)) : values];
}

function secretFields(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(secretFields);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    if (typeof item !== 'string') return secretFields(item);
    // In the credentials for a registry, the user name and the password.
    const [, password] = name === 'auth' ? /^[^:]*:([^]+)$/.exec(Buffer.from(item, 'base64').toString()) ?? [] : [];
    return SECRET_SETTING.test(name) ? [item, ...password === undefined ? [] : [password]] : [];
  });
}
