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

  test('keeps a byte order mark', () => {
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'f.yml')).toBe('\ufeffa');
  });
});
