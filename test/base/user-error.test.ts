import * as fc from 'fast-check';
import { UserError, located, userError, validationErrors, show } from '../../src/base/user-error';
import { ANY_CHARACTER } from '../support/any-character';

describe('show', () => {
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
  ])('makes %s safe to print', (_, value, expected) => {
    expect(show(value)).toBe(expected);
  });

  test('cuts texts of more than 160 characters', () => {
    expect(show('a'.repeat(160))).toBe(`"${'a'.repeat(160)}"`);
    expect(show('a'.repeat(161))).toBe(`"${'a'.repeat(160)}…"`);
    expect(show('\n'.repeat(100_000))).toBe(`"${'\\n'.repeat(160)}…"`);
  });

  test('returns only printable ASCII and the mark of a cut', () => {
    fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER, maxLength: 300 }), (text) => {
      expect(show(text)).toMatch(/^"[\x20-\x7e]*…?"$/);
    }));
  });

  test('returns a short text as JSON that parses to the same text', () => {
    fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER, maxLength: 60 }), (text) => {
      expect(JSON.parse(show(text))).toBe(text);
    }));
  });
});

describe('a user error', () => {
  const parts = { given: 'the tag is empty', expected: 'a tag', fix: 'set CI_COMMIT_SHA' };

  test('names the value, the valid values and the fix', () => {
    expect(userError(parts).message).toBe('the tag is empty, expected a tag; set CI_COMMIT_SHA');
  });

  test('starts with the place', () => {
    expect(userError({ at: 'variable IMAGE', ...parts }).message).toBe('variable IMAGE: the tag is empty, expected a tag; set CI_COMMIT_SHA');
  });

  test('has a class of its own', () => {
    const error = userError(parts);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('UserError');
  });

  test('gets a place from located', () => {
    const error = located('variable IMAGE', userError(parts));
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toBe('variable IMAGE: the tag is empty, expected a tag; set CI_COMMIT_SHA');
  });

  test('is not made by located of other errors', () => {
    const bug = new TypeError('x is not a function');
    expect(located('variable IMAGE', bug)).toBe(bug);
    expect(located('variable IMAGE', 'thrown text')).toBe('thrown text');
  });
});

describe('validationErrors', () => {
  test('returns an empty list when the action succeeds', () => {
    expect(validationErrors(() => 'done')).toEqual([]);
  });

  test('returns the message of a user error', () => {
    expect(validationErrors(() => { throw userError({ given: 'a', expected: 'b', fix: 'c' }); })).toEqual(['a, expected b; c']);
  });

  test('throws every other error', () => {
    expect(() => validationErrors(() => { throw new TypeError('bug'); })).toThrow(TypeError);
  });
});
