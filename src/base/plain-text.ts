/**
 * A text without escapes, as UTF-8 bytes, one character a byte.
 */
export interface PlainText {
  readonly text: string;
  /** The range in the original text that a character of `text` stands for. */
  readonly rangeOf: (index: number) => readonly [number, number];
}

/**
 * Decodes the escapes of JSON, URLs, HTML, Go and YAML, also nested ones. Drops quotes, backslashes, and line breaks with the blanks around them.
 * A text and its escaped form have the same plain text, so a search in plain texts finds a text in any form.
 */
export function plainText(text: string): PlainText {
  let current: Mapped = { text };
  if (/[^\0-\x7f]/.test(text)) current = replaced(current, NOT_ASCII, ([found]) => utf8(found));
  for (let depth = 0; depth < DEEPEST && SPECIAL.test(current.text); depth++) {
    const next = replaced(current, ESCAPE, decoded);
    if (next.text === current.text) break;
    current = next;
  }
  const { starts, ends } = current;
  return { text: current.text, rangeOf: (index) => [starts?.[index] ?? index, ends?.[index] ?? index + 1] };
}

/**
 * Decodes the percent escapes of a URL. A text with an invalid escape stays as it is.
 */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The levels of escapes in escapes that are decoded. Doubled backslashes are one level. */
const DEEPEST = 6;

const NOT_ASCII = /[^\0-\x7f]/gu;
const SPECIAL = /[\\%&"'\r\n]/;
const HEX = '[0-9a-fA-F]';
const ESCAPE = new RegExp([
  `\\\\+(?:u(?<high>[dD][89abAB]${HEX}{2})\\\\+u(?<low>[dD][c-fC-F]${HEX}{2})|u(?<unit>${HEX}{4})|U(?<point>${HEX}{8})|x(?<byte>${HEX}{2})|(?<letter>[nrt]))?`,
  `%(?:25)*(?<percent>${HEX}{2})`,
  `&(?:amp;)*(?:#(?<decimal>\\d{1,7})|#[xX](?<hex>${HEX}{1,6})|(?<name>amp|lt|gt|quot|apos));`,
  '(?<blanks>[ \\t\\r\\n]+)',
  '["\']',
].join('|'), 'g');

const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\t' };
const NAMES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' };

interface Mapped {
  readonly text: string;
  /** Where the character begins and ends in the original text. @default as in the original text */
  readonly starts?: readonly number[];
  readonly ends?: readonly number[];
}

function decoded({ groups = {} }: RegExpMatchArray): string {
  const { high, low, unit, point, byte, letter, percent, decimal, hex, name, blanks } = groups;
  if (blanks !== undefined) return /[\r\n]/.test(blanks) ? '' : blanks;
  if (high !== undefined && low !== undefined) return utf8(String.fromCharCode(parseInt(high, 16), parseInt(low, 16)));
  const digits = unit ?? point ?? hex;
  if (digits !== undefined) return codePoint(parseInt(digits, 16));
  if (decimal !== undefined) return codePoint(Number(decimal));
  const octet = byte ?? percent;
  if (octet !== undefined) return String.fromCharCode(parseInt(octet, 16));
  return LETTERS[letter ?? ''] ?? NAMES[name ?? ''] ?? '';
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? utf8(String.fromCodePoint(code)) : '';
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function replaced({ text, starts, ends }: Mapped, pattern: RegExp, replacement: (found: RegExpMatchArray) => string): Mapped {
  const pieces: string[] = [];
  const [newStarts, newEnds]: [number[], number[]] = [[], []];
  const startOf = (index: number) => starts?.[index] ?? index;
  const endOf = (index: number) => ends?.[index] ?? index + 1;
  const keep = (from: number, to: number) => {
    pieces.push(text.slice(from, to));
    for (let index = from; index < to; index++) {
      newStarts.push(startOf(index));
      newEnds.push(endOf(index));
    }
  };
  let kept = 0;
  for (const found of text.matchAll(pattern)) {
    keep(kept, found.index!);
    kept = found.index! + found[0].length;
    const piece = replacement(found);
    pieces.push(piece);
    // Blanks stay as they are, character by character.
    const isSame = piece === found[0];
    for (let index = 0; index < piece.length; index++) {
      newStarts.push(startOf(found.index! + (isSame ? index : 0)));
      newEnds.push(endOf(isSame ? found.index! + index : kept - 1));
    }
  }
  keep(kept, text.length);
  return { text: pieces.join(''), starts: newStarts, ends: newEnds };
}
