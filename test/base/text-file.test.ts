import { decodeText, LARGEST_TEXT } from '../../src/base/text-file';
import { messageOf } from '../support/synth';

describe('decodeText', () => {
  test('refuses a file of more than 2 MiB', () => {
    expect(messageOf(() => decodeText(new Uint8Array(10e6), 'f.yml'))).toBe(`f.yml: 10000000 bytes, expected at most ${LARGEST_TEXT}; split it into several files`);
    expect(decodeText(new Uint8Array(LARGEST_TEXT), 'f.yml')).toHaveLength(LARGEST_TEXT);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(messageOf(() => decodeText(Uint8Array.of(0x61, 0xff), 'f.yml'))).toContain('f.yml: bytes that are not UTF-8');
  });

  test('names git-crypt for a file that it has encrypted', () => {
    const encrypted = Buffer.concat([Buffer.from('\0GITCRYPT\0'), Buffer.of(0xff, 0x80)]);
    expect(messageOf(() => decodeText(encrypted, 'f.yml'))).toBe('f.yml: it is encrypted by git-crypt, expected the decrypted file; decrypt it first: git-crypt unlock');
  });

  test.each([
    ['UTF-8 with a byte order mark', [0xef, 0xbb, 0xbf, 0xc3, 0xbc]],
    ['UTF-16, little endian', [0xff, 0xfe, 0xfc, 0x00]],
    ['UTF-16, big endian', [0xfe, 0xff, 0x00, 0xfc]],
  ])('reads %s, without the mark', (_, bytes) => {
    expect(decodeText(Uint8Array.from(bytes), 'f.yml')).toBe('ü');
  });

  test.each([
    ['half a surrogate pair', [0xff, 0xfe, 0x00, 0xd8]],
    ['an odd number of bytes', [0xfe, 0xff, 0x00]],
  ])('refuses UTF-16 with %s', (_, bytes) => {
    expect(messageOf(() => decodeText(Uint8Array.from(bytes), 'f.yml'))).toMatch(/^f\.yml: bytes that are not UTF-16[LB]E/);
  });
});
