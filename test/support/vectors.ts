import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', 'vectors');

/**
 * The path of a file of test vectors. The README beside it names its source.
 */
export function vectorFile(file: string): string {
  return join(FOLDER, file);
}

/**
 * Defines a group of tests for the vectors of a file.
 */
export function describeVectors<T>(file: string, tests: (vectors: T) => void): void {
  describe(`vectors of ${file}`, () => tests(JSON.parse(readFileSync(vectorFile(file), 'utf8')) as T));
}

/**
 * Prints how many vectors agree with the code, in one line.
 */
export function printAgreement(file: string, agreed: number, total: number, note = ''): void {
  process.stderr.write(`${file}: ${agreed} of ${total} agree${note && `; ${note}`}\n`);
}
