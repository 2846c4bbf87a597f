import { userError } from './user-error';

/** The largest text file that is read, in bytes. An API server accepts 1.5 MiB in one object. */
export const LARGEST_TEXT = 2 * 1024 * 1024;

const GIT_CRYPT = Buffer.from('\0GITCRYPT\0');

/**
 * Decodes a text file in UTF-8, or in UTF-16 with a byte order mark, as kubectl does. The text has no byte order mark.
 *
 * @throws When the file is larger than `LARGEST_TEXT` or has invalid bytes. kubectl would replace them with U+FFFD.
 */
export function decodeText(bytes: Uint8Array, fileName: string): string {
  checkSize(bytes.length, fileName);
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    if (Buffer.from(bytes.subarray(0, GIT_CRYPT.length)).equals(GIT_CRYPT)) {
      throw userError({ at: fileName, given: 'it is encrypted by git-crypt', expected: 'the decrypted file', fix: 'decrypt it first: git-crypt unlock' });
    }
    throw userError({ at: fileName, given: `bytes that are not ${encodingOf(bytes).toUpperCase()}`, expected: 'a text file in UTF-8', fix: 'save it as UTF-8' });
  }
}

/** PowerShell writes UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

/**
 * Checks the size of a text before it is parsed.
 *
 * @throws When it is larger than `LARGEST_TEXT`.
 */
export function checkSize(bytes: number, fileName: string): void {
  if (bytes <= LARGEST_TEXT) return;
  throw userError({ at: fileName, given: `${bytes} bytes`, expected: `at most ${LARGEST_TEXT}`, fix: 'split it into several files' });
}
