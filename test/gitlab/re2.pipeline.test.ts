import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { re2Problem } from '../../src/gitlab/re2';
import { npmTool } from '../support/npm-tool';

/** RE2 itself, compiled to WebAssembly. */
const RE2_WASM = {
  name: 're2-wasm',
  version: '1.0.2',
  integrity: 'sha512-VXUdgSiUrE/WZXn6gUIVVIsg0+Hp6VPZPOaHCay+OuFKy6u/8ktmeNEf+U5qSA8jzGGFsg8jrDNu1BeHpz2pJA==',
};

let isReadable: (pattern: string) => boolean;

beforeAll(() => {
  const { WrappedRE2 } = createRequire(__filename)(join(npmTool(RE2_WASM), 'build', 'wasm', 're2.js')) as {
    WrappedRE2: new (pattern: string, ignoreCase: boolean, multiline: boolean, dotAll: boolean) => { ok(): boolean; delete(): void };
  };
  isReadable = (pattern) => {
    const re2 = new WrappedRE2(pattern, false, false, false);
    const isOk = re2.ok();
    re2.delete();
    return isOk;
  };
});

const TOKENS = [
  'a', '-', '^', '$', '.', '(', ')', '[', ']', '[^', '|', '*', '+', '?', '{', '}', ',', '{2}', '{0,1}', '{3,}', '{2,1}', '{,5}', '{40}', '{1001}', '{01}',
  '\\', '\\d', '\\D', '\\b', '\\z', '\\Z', '\\A', '\\Q', '\\E', '\\1', '\\12', '\\0', '\\8', '\\x', '\\x41', '\\x{41}', '\\x{110000}', '\\xg', '\\p', '\\pL', '\\pX', '\\p{Lu}',
  '\\p{Greek}', '\\p{Grek}', '\\p{^Han}', '\\P{', '\\n', '\\_', '\\-', '\\h', '\\é', '[:alpha:]', '[:^word:]', '[:foo:]', '[:', ':]', '(?', '(?:', '(?i)', '(?i-s:', '(?-)', '(?i-)', '(?=', '(?<!',
  '(?P<n>', '(?P<m>', '(?P<>', '(?P=n)', 'é', '😀', '1', '>', '<', ':', '=', '!',
];

/**
 * This RE2 of 2021 does not know the name of a group without P, and newer ones do.
 * A class of Unicode that is repeated very often needs more memory than RE2 may use.
 */
const pattern = fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 9 })
  .map((tokens) => tokens.join(''))
  .filter((text) => !/\(\?</.test(text) && !/\\p.*\{40\}.*\{40\}/i.test(text));

test('the check agrees with RE2 on any expression', () => {
  let readable = 0;
  fc.assert(fc.property(pattern, (text) => {
    const expected = isReadable(text);
    if (expected) readable++;
    expect([text, re2Problem(text)?.problem]).toEqual([text, expected ? undefined : expect.any(String)]);
  }), { numRuns: 4000 });
  expect(readable).toBeGreaterThan(200);
});
