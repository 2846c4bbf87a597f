import * as fc from 'fast-check';
import { printable, printableText, serverWords } from '../../src/base/printable';
import { ANY_CHARACTER } from '../support/any-character';

test.each([
  ['an ANSI escape', '\u001b[31mred', '\\u001b[31mred'],
  ['a letter beyond ASCII', 'é', '\\u00e9'],
  ['a character beyond the basic plane', '🚀', '\\ud83d\\ude80'],
])('printable escapes %s', (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test.each([
  ['escapes control characters', 'a\u001bb\u009bc', 'a\\u001bb\\u009bc'],
  ['escapes characters that change the direction of text', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['escapes a line separator and a byte order mark', 'a\u2028b\ufeffc', 'a\\u2028b\\ufeffc'],
  ['keeps letters of any script', 'größe 大小 🚀', 'größe 大小 🚀'],
])('printableText %s', (_, text, expected) => {
  expect(printableText(text)).toBe(expected);
});

test('printable returns only printable ASCII', () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (text) => {
    expect(printable(text)).toMatch(/^[\x20-\x7e]*$/);
  }));
});

test('serverWords cuts a message after 2,000 characters', () => {
  expect(serverWords('a'.repeat(2000))).toBe('a'.repeat(2000));
  expect(serverWords('a'.repeat(2001))).toBe(`${'a'.repeat(2000)}...`);
});
