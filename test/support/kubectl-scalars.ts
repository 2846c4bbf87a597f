import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Json } from '../../src/base/json';

/** What kubectl made of a field `v`, or why it did not. */
export interface ScalarRecord {
  readonly yaml: string;
  readonly v?: Json;
  readonly error?: string;
}

/** Answers of a real kubectl, recorded once. */
export interface ScalarRecords {
  readonly kubectl: string;
  readonly command: string;
  /** Stands before each fragment. */
  readonly head: string;
  readonly fragments: ScalarRecord[];
}

export const kubectlScalars: ScalarRecords = JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', 'kubectl-scalars.json'), 'utf8'));
