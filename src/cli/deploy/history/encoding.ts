import { corrupt } from './record-problem';
import { cryptoModule } from '../../../base/lazy-modules';
import { zlibModule } from '../../io/lazy-modules';

/** Bytes that something unpacks to at most. */
const LARGEST = 256 * 1024 * 1024;

/**
 * A value as compressed JSON.
 */
export function pack(value: unknown): Buffer {
  return zlibModule().gzipSync(JSON.stringify(value));
}

/**
 * The value again.
 *
 * @param at Where it was found.
 */
export function unpack(at: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(zlibModule().gunzipSync(bytes, { maxOutputLength: LARGEST }).toString('utf8'));
  } catch {
    // What zlib and JSON say would repeat what they found.
    throw corrupt(at, 'it is damaged, or not complete');
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return cryptoModule().createHash('sha256').update(bytes).digest('hex');
}
