import { userError } from './user-error';

/** Bytes of a text that are read at most. An API server accepts 1.5 MiB in one object. */
export const LARGEST_TEXT = 2 * 1024 * 1024;

/**
 * The text of a file.
 *
 * @throws When it is larger than `LARGEST_TEXT`, or not UTF-8 (kubectl would put U+FFFD in place of what it cannot read).
 */
export function decodeText(bytes: Uint8Array, fileName: string): string {
  checkSize(bytes.length, fileName);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw userError({ at: fileName, given: 'bytes that are not UTF-8', expected: 'a text file in UTF-8', fix: 'save it as UTF-8' });
  }
}

/**
 * Refuses what is larger than `LARGEST_TEXT`, before any of it is parsed.
 */
export function checkSize(bytes: number, fileName: string): void {
  if (bytes <= LARGEST_TEXT) return;
  throw userError({ at: fileName, given: `${bytes} bytes`, expected: `at most ${LARGEST_TEXT}`, fix: 'split it into several files' });
}
