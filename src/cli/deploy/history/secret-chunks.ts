import { recordProblem } from './record-problem';

/** Kubernetes takes a MiB of values in a Secret; the names of the keys and the rest of the object come on top. */
const LARGEST_SECRET = 1_000_000;

/** What manifests have of the record's own Secret; the rest is for the list of releases and objects. */
const INLINE = 600_000;

/**
 * Whether the manifests of a release go into the record's own Secret, beside those that are there.
 *
 * @param others Bytes of those that stay.
 */
export function fitsInline(bytes: Uint8Array, others: number): boolean {
  return bytes.length + others <= INLINE;
}

/**
 * How many Secrets it takes.
 */
export function partsFor(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / LARGEST_SECRET);
}

/**
 * Bytes in pieces that a Secret takes each, with the lowest numbers that are not in use.
 */
export function placed(bytes: Buffer, inUse: readonly number[]): Map<number, Buffer> {
  const used = new Set(inUse);
  const parts = new Map<number, Buffer>();
  for (let start = 0, number = 1; start < bytes.length; number += 1) {
    if (used.has(number)) continue;
    parts.set(number, bytes.subarray(start, start + LARGEST_SECRET));
    start += LARGEST_SECRET;
  }
  return parts;
}

/**
 * Refuses a list of releases and objects that no Secret takes.
 */
export function checkSize(at: string, bytes: Uint8Array): void {
  if (bytes.length <= LARGEST_SECRET - INLINE) return;
  throw recordProblem({
    at,
    given: `the list of objects has ${bytes.length} bytes, compressed`,
    expected: `at most ${LARGEST_SECRET - INLINE}`,
    fix: 'divide the application into several, each with an --app of its own',
  });
}
