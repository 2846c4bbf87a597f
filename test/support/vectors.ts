import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHARED_DATA = join(__dirname, '..', '..', '..', 'shared', 'data');

/**
 * The vectors of a file in the shared data folder beside the checkout, or nothing where that folder is missing.
 */
export function loadVectors<T>(file: string): T | undefined {
  const path = join(SHARED_DATA, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as T : undefined;
}

/**
 * A group of tests over the vectors of a file. Where it is missing, one test says so and counts as skipped.
 */
export function describeVectors<T>(file: string, tests: (vectors: T) => void): void {
  const vectors = loadVectors<T>(file);
  describe(`vectors of ${file}`, () => {
    if (vectors === undefined) {
      test.skip(`are checked (../shared/data/${file} is missing)`, () => undefined);
    } else {
      tests(vectors);
    }
  });
}

/**
 * One line for the reader of a test run.
 */
export function printAgreement(file: string, agreed: number, total: number, note = ''): void {
  process.stderr.write(`${file}: ${agreed} of ${total} agree${note && `; ${note}`}\n`);
}
