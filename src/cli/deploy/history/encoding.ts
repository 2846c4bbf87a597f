import { zlibModule } from './lazy-zlib';
import { corrupt } from './record-fields';
import { cryptoModule } from '../../../base/lazy-crypto';

/** Bytes. Larger data is not unpacked. */
const LARGEST_UNPACKED = 256 * 1024 * 1024;

/**
 * A value as JSON, compressed with gzip.
 */
export function pack(value: unknown): Buffer {
  return zlibModule().gzipSync(JSON.stringify(value));
}

/**
 * The value of compressed JSON.
 *
 * @param at The Secret, for messages.
 * @throws `Failure` when the data is damaged.
 */
export function unpack(at: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(zlibModule().gunzipSync(bytes, { maxOutputLength: LARGEST_UNPACKED }).toString('utf8'));
  } catch {
    // The messages of zlib and JSON would quote the data.
    throw corrupt(at, 'it is damaged or incomplete');
  }
}

/**
 * The SHA-256 as hexadecimal digits.
 */
export function sha256(bytes: Uint8Array | string): string {
  return cryptoModule().createHash('sha256').update(bytes).digest('hex');
}
