import { recordProblem } from './record-fields';

/** Bytes. The limit of Kubernetes is 1 MiB of values in a Secret. */
const LARGEST_SECRET = 1_000_000;

/** Bytes of manifests in the record's own Secret. The remaining bytes are for the list of releases and objects. */
const LARGEST_INLINE = 600_000;

/**
 * Whether the manifests of a release fit into the record's own Secret.
 *
 * @param others Bytes of the other releases' manifests in that Secret.
 */
export function fitsInline(bytes: Uint8Array, others: number): boolean {
  return bytes.length + others <= LARGEST_INLINE;
}

/**
 * The number of Secrets for these bytes.
 */
export function partCount(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / LARGEST_SECRET);
}

/**
 * Splits bytes into parts that fit into one Secret each. The keys are the lowest numbers that are not in use.
 */
export function splitIntoParts(bytes: Buffer, inUse: readonly number[]): Map<number, Buffer> {
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
 * @throws `Failure` when the list of releases and objects does not fit into a Secret.
 */
export function checkSize(at: string, bytes: Uint8Array): void {
  if (bytes.length <= LARGEST_SECRET - LARGEST_INLINE) return;
  throw recordProblem({
    at,
    given: `the list of objects has ${bytes.length} bytes after compression`,
    expected: `at most ${LARGEST_SECRET - LARGEST_INLINE}`,
    fix: 'split the application into several, each with its own --app',
  });
}
