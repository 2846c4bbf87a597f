import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Json } from '../../src/base/json';

/** The value that kubectl read from a field `v`, or the error. */
export interface ScalarRecord {
  readonly yaml: string;
  readonly v?: Json;
  readonly error?: string;
}

/** The recorded answers of a real kubectl. */
export interface ScalarRecords {
  readonly kubectl: string;
  readonly command: string;
  /** The text in front of each fragment. */
  readonly head: string;
  readonly fragments: ScalarRecord[];
}

export const kubectlScalars: ScalarRecords = JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', 'kubectl-scalars.json'), 'utf8'));
