/**
 * The first mistake in a regular expression.
 */
export interface PatternProblem {
  /** For messages: `"(" at character 2 has no ")"`. */
  readonly problem: string;
  readonly fix: string;
}

/**
 * Checks the syntax of a regular expression of RE2, which GitLab uses in rules. Undefined when RE2 can read it.
 *
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function re2Problem(pattern: string): PatternProblem | undefined {
  try {
    new Parser(pattern).parse();
    return undefined;
  } catch (error) {
    if (error instanceof Mistake) return { problem: error.message, fix: error.fix };
    throw error;
  }
}

class Mistake extends Error {
  public constructor(message: string, public readonly fix: string) {
    super(message);
  }
}

/** RE2's limit of repetitions, also of nested ones together. */
const MOST_REPEATS = 1000;

/** RE2's limit of groups in groups. */
const MOST_GROUPS = 1000;

/** An open group, or the whole expression. */
interface Group {
  readonly start: number;
  /** The repetitions of the last part when all nested ones are multiplied. Undefined after "(" and "|". */
  last?: number;
  /** The most repetitions of the parts before. */
  most: number;
}

const ESCAPED_CLASSES = 'dDsSwW';
const ESCAPED_POSITIONS = 'AbBz';
const ESCAPED_CHARACTERS = 'afnrtv';

const POSIX = new Set(['alnum', 'alpha', 'ascii', 'blank', 'cntrl', 'digit', 'graph', 'lower', 'print', 'punct', 'space', 'upper', 'word', 'xdigit']);

const REMOVE_ESCAPE = 'remove the "\\", or write "\\\\" for the character "\\"';

class Parser {
  private readonly names = new Set<string>();
  private readonly groups: Group[] = [{ start: 0, most: 1 }];
  private at = 0;
  /** Whether the part that ends here is a repetition, which cannot be repeated again. */
  private isRepeated = false;

  public constructor(private readonly text: string) {}

  public parse(): void {
    while (this.at < this.text.length) {
      const wasRepeated = this.isRepeated;
      this.isRepeated = false;
      this.parsePart(wasRepeated);
    }
    const { group } = this;
    if (this.groups.length > 1) throw this.mistake(group.start, 'has no ")"', 'close the group, or write "\\(" for the character');
  }

  private get group(): Group {
    return this.groups.at(-1) as Group;
  }

  private get next(): string | undefined {
    return this.text[this.at];
  }

  /** The next character, which may have two code units. */
  private take(): string | undefined {
    const [character] = this.match(/[^]/uy, this.at) ?? [];
    this.at += character?.length ?? 1;
    return character;
  }

  private match(pattern: RegExp, start: number): RegExpExecArray | null {
    pattern.lastIndex = start;
    return pattern.exec(this.text);
  }

  private parsePart(wasRepeated: boolean): void {
    const start = this.at;
    switch (this.take()) {
      case '(': return this.openGroup(start);
      case ')': return this.closeGroup(start);
      case '|':
        this.fold();
        this.group.last = undefined;
        return undefined;
      case '[':
        this.parseClass(start);
        return this.add(1);
      case '*': case '+': case '?': return this.repeat(start, 1, wasRepeated);
      case '{': return this.parseBraces(start, wasRepeated);
      case '\\': return this.parseEscaped(start);
      default: return this.add(1);
    }
  }

  /** Adds a part to the group. */
  private add(repeats: number): void {
    this.fold();
    this.group.last = repeats;
  }

  private fold(): void {
    this.group.most = Math.max(this.group.most, this.group.last ?? 1);
  }

  private openGroup(start: number): void {
    if (this.next === '?') {
      const [whole, name] = this.match(/\(\?P?<([^>]*)>/y, start) ?? [];
      if (whole !== undefined && name !== undefined) this.nameGroup(start, whole, name);
      else if (this.parseFlags(start) === ')') return;
    }
    if (this.groups.length > MOST_GROUPS) throw this.mistake(start, `is in more than ${MOST_GROUPS} groups`, 'use fewer groups');
    this.groups.push({ start, most: 1 });
  }

  private nameGroup(start: number, whole: string, name: string): void {
    if (!/^\w+$/.test(name)) throw this.mistake(start, 'has an invalid name', 'name the group with letters, digits and "_", or use "(?:" for a group without a name', whole);
    if (this.names.has(name)) throw this.mistake(start, 'has the name of another group', 'rename one of them', whole);
    this.names.add(name);
    this.at = start + whole.length;
  }

  /** Returns the character that ends the flags: `)` when they are for the rest of the group. */
  private parseFlags(start: number): string {
    const [whole, end] = this.match(/\(\?(?:[imsU]*|[imsU]*-[imsU]+)([:)])/y, start) ?? [];
    if (whole === undefined || end === undefined) {
      const kind = this.match(/\(\?<?[=!]/y, start) ? 'is a look-around, which RE2 does not have' : 'is no group that RE2 knows';
      throw this.mistake(start, kind, 'use "(?:" for a group, and write the condition as a second rule', this.text.slice(start, start + 4));
    }
    this.at = start + whole.length;
    return end;
  }

  private closeGroup(start: number): void {
    if (this.groups.length === 1) throw this.mistake(start, 'has no "(" before it', 'open the group, or write "\\)" for the character');
    this.fold();
    const { most } = this.group;
    this.groups.pop();
    this.add(most);
  }

  private parseBraces(start: number, wasRepeated: boolean): void {
    const [whole, least = '', comma, most = ''] = this.match(/\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/y, start) ?? [];
    if (whole === undefined) return this.add(1);
    this.at = start + whole.length;
    const [low, high] = [Number(least), comma === undefined || most !== '' ? Number(most || least) : undefined];
    const isValid = low <= MOST_REPEATS && (high === undefined || high <= MOST_REPEATS && low <= high);
    if (!isValid) throw this.mistake(start, 'is no repetition that RE2 accepts', `use at most ${MOST_REPEATS}, the smaller number first`, whole);
    return this.repeat(start, Math.max(1, high ?? low), wasRepeated);
  }

  private repeat(start: number, count: number, wasRepeated: boolean): void {
    const { group } = this;
    if (this.next === '?') this.at++;
    const what = this.text.slice(start, this.at);
    if (wasRepeated) throw this.mistake(start, 'repeats a repetition', 'put the first one into a group, such as "(?:a*)"', what);
    if (group.last === undefined) throw this.mistake(start, 'has nothing before it to repeat', 'write "\\" in front for the character itself', what);
    group.last *= count;
    if (count > 1 && group.last > MOST_REPEATS) throw this.mistake(start, `repeats nested parts more than ${MOST_REPEATS} times`, 'use smaller numbers', what);
    this.isRepeated = true;
  }

  private parseEscaped(start: number): void {
    if (this.next !== undefined && ESCAPED_POSITIONS.includes(this.next)) {
      this.at++;
      return this.add(1);
    }
    if (this.next === 'Q') {
      const [literal = ''] = this.match(/\\Q.*?(?:\\E|$)/suy, start) ?? [];
      this.at = start + literal.length;
      return literal.replace(/\\E$/, '') === '\\Q' ? undefined : this.add(1);
    }
    if (!this.parseClassEscape(start)) this.parseCharacterEscape(start);
    return this.add(1);
  }

  /** Whether the escape was a class: `\d`, `\pL`, `\p{Greek}`. */
  private parseClassEscape(start: number): boolean {
    const letter = this.next;
    if (letter !== undefined && ESCAPED_CLASSES.includes(letter)) {
      this.at++;
      return true;
    }
    if (letter !== 'p' && letter !== 'P') return false;
    const [whole = '\\p', name = ''] = this.match(/\\[pP](\{[^}]*\}|[^{])/suy, start) ?? [];
    if (!isUnicodeClass(name.replace(/^\{\^?|\}$/g, ''))) throw this.mistake(start, 'is no class of Unicode', 'use a category or script such as "\\pL" or "\\p{Greek}"', whole);
    this.at = start + whole.length;
    return true;
  }

  /** Returns the code of the character. */
  private parseCharacterEscape(start: number): number {
    const letter = this.next;
    if (letter === undefined) throw this.mistake(start, 'ends the expression', REMOVE_ESCAPE);
    const [octal] = this.match(/\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/y, start) ?? [];
    const [hexadecimal] = this.match(/\\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]+\})/y, start) ?? [];
    const whole = octal ?? hexadecimal ?? `\\${letter}`;
    const code = octal !== undefined ? parseInt(octal.slice(1), 8)
      : hexadecimal !== undefined ? parseInt(hexadecimal.replace(/^\\x\{?/, ''), 16)
        : ESCAPED_CHARACTERS.includes(letter) ? CODES[ESCAPED_CHARACTERS.indexOf(letter)] as number : letter.codePointAt(0) as number;
    const isKnown = octal !== undefined || hexadecimal !== undefined || ESCAPED_CHARACTERS.includes(letter) || /[\0-\x7f]/.test(letter) && !/[A-Za-z0-9]/.test(letter);
    if (!isKnown || code > 0x10ffff) {
      const kind = /[1-9]/.test(letter) ? 'is a reference to a group, which RE2 does not have' : 'is no escape that RE2 knows';
      throw this.mistake(start, kind, REMOVE_ESCAPE, whole);
    }
    this.at = start + whole.length;
    return code;
  }

  private parseClass(start: number): void {
    if (this.next === '^') this.at++;
    for (let isFirst = true; isFirst || this.next !== ']'; isFirst = false) {
      const [posix, name] = this.match(/\[:\^?(.*?):\]/suy, this.at) ?? [];
      if (posix !== undefined && name !== undefined) {
        if (!POSIX.has(name)) throw this.mistake(this.at, 'is no class that RE2 knows', 'use a class such as "[:alpha:]"', posix);
        this.at += posix.length;
      } else if (this.next !== '\\' || !this.parseEscapedClassAt(this.at)) {
        this.parseRange(start);
      }
    }
    this.at++;
  }

  private parseEscapedClassAt(start: number): boolean {
    this.at = start + 1;
    const isClass = this.parseClassEscape(start);
    if (!isClass) this.at = start;
    return isClass;
  }

  private parseRange(classStart: number): void {
    const start = this.at;
    const low = this.parseClassCharacter(classStart);
    if (this.next !== '-' || this.text[this.at + 1] === ']' || this.text[this.at + 1] === undefined) return;
    this.at++;
    const high = this.parseClassCharacter(classStart);
    const what = this.text.slice(start, this.at);
    if (high < low) throw this.mistake(start, 'is a range in the wrong order', 'write the smaller character first, or "\\-" for the character "-"', what);
  }

  private parseClassCharacter(classStart: number): number {
    const start = this.at;
    const character = this.take();
    if (character === undefined) throw this.mistake(classStart, 'has no "]"', 'close the class, or write "\\[" for the character');
    return character === '\\' ? this.parseCharacterEscape(start) : character.codePointAt(0) as number;
  }

  private mistake(start: number, problem: string, fix: string, what = this.text[start]): Mistake {
    return new Mistake(`"${what}" at character ${start + 1} ${problem}`, fix);
  }
}

/** The codes of `ESCAPED_CHARACTERS`. */
const CODES = [7, 12, 10, 13, 9, 11];

/** RE2 knows scripts by their long names only. These have four letters, as all short names have. */
const SHORT_SCRIPTS = new Set(['Ahom', 'Cham', 'Lisu', 'Modi', 'Thai', 'Toto']);

function isUnicodeClass(name: string): boolean {
  if (name === 'Any' || /^(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/.test(name)) return true;
  if (!/^[A-Z][A-Za-z_]+$/.test(name) || name.length === 4 && !SHORT_SCRIPTS.has(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
