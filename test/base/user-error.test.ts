import * as fc from 'fast-check';
import { UserError, located, userError, validationErrors, show } from '../../src/base/user-error';
import { ANY_CHARACTER } from '../support/any-character';

describe('a shown value', () => {
  test.each([
    ['plain text', 'nginx:1.27', '"nginx:1.27"'],
    ['nothing', undefined, 'nothing'],
    ['empty text', '', '""'],
    ['quotes and backslashes', 'a"b\\c', '"a\\"b\\\\c"'],
    ['a newline', 'a\n', '"a\\n"'],
    ['a carriage return', 'a\rb', '"a\\rb"'],
    ['a null character', 'a\0b', '"a\\u0000b"'],
    ['an ANSI escape', '\u001b[31mred\u001b[0m', '"\\u001b[31mred\\u001b[0m"'],
    ['a C1 control sequence', '\u009b31m', '"\\u009b31m"'],
    ['a delete', 'a\u007fb', '"a\\u007fb"'],
    ['a bidi override', 'a\u202eb', '"a\\u202eb"'],
    ['a bidi isolate', 'a\u2066b', '"a\\u2066b"'],
    ['a zero-width space', 'a\u200bb', '"a\\u200bb"'],
    ['a no-break space', 'a\u00a0b', '"a\\u00a0b"'],
    ['a line separator', 'a\u2028b', '"a\\u2028b"'],
    ['a letter beyond ASCII', 'é', '"\\u00e9"'],
    ['a character beyond the basic plane', '🚀', '"\\ud83d\\ude80"'],
    ['half a surrogate pair', '\ud800', '"\\ud800"'],
    ['null', null, 'null'],
    ['a number', 42, '42'],
    ['a boolean', false, 'false'],
    ['a list', ['a', 1], '"[\\"a\\",1]"'],
    ['an object', { a: '\u202e' }, '"{\\"a\\":\\"\\u202e\\"}"'],
    ['a symbol', Symbol('a'), '"Symbol(a)"'],
  ])('of %s is safe to print', (_, value, expected) => {
    expect(show(value)).toBe(expected);
  });

  test('is not cut at 160 characters, and cut after them', () => {
    expect(show('a'.repeat(160))).toBe(`"${'a'.repeat(160)}"`);
    expect(show('a'.repeat(161))).toBe(`"${'a'.repeat(160)}…"`);
    expect(show('\n'.repeat(100_000))).toBe(`"${'\\n'.repeat(160)}…"`);
  });

  test('is printable ASCII, but for the mark of a cut', () => {
    fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER, maxLength: 300 }), (text) => {
      expect(show(text)).toMatch(/^"[\x20-\x7e]*…?"$/);
    }));
  });

  test('of short text can be read back', () => {
    fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER, maxLength: 60 }), (text) => {
      expect(JSON.parse(show(text))).toBe(text);
    }));
  });
});

describe('a refusal', () => {
  const parts = { given: 'the tag is empty', expected: 'a tag', fix: 'set CI_COMMIT_SHA' };

  test('says what was given, what is expected and what to do', () => {
    expect(userError(parts).message).toBe('the tag is empty, expected a tag; set CI_COMMIT_SHA');
  });

  test('says first where', () => {
    expect(userError({ at: 'variable IMAGE', ...parts }).message).toBe('variable IMAGE: the tag is empty, expected a tag; set CI_COMMIT_SHA');
  });

  test('is an error that can be told from a bug', () => {
    const error = userError(parts);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('UserError');
  });

  test('can be said of a place afterwards', () => {
    const error = located('variable IMAGE', userError(parts));
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe('variable IMAGE: the tag is empty, expected a tag; set CI_COMMIT_SHA');
  });

  test('is not made of a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(located('variable IMAGE', bug)).toBe(bug);
    expect(located('variable IMAGE', 'thrown text')).toBe('thrown text');
  });
});

describe('the refusals of an action', () => {
  test('are none when it goes well', () => {
    expect(validationErrors(() => 'done')).toEqual([]);
  });

  test('are its message when it is refused', () => {
    expect(validationErrors(() => { throw userError({ given: 'a', expected: 'b', fix: 'c' }); })).toEqual(['a, expected b; c']);
  });

  test('do not hide a bug', () => {
    expect(() => validationErrors(() => { throw new TypeError('bug'); })).toThrow(TypeError);
  });
});
