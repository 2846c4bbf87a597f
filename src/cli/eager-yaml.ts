import { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit } from 'yaml';
import type { Yaml } from '../base/lazy-modules';

const YAML: Yaml = { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit };

/** Replaces `src/base/lazy-modules.ts` in the bundle: every command needs yaml, and code that is never loaded late need not be compiled twice. */
export function yamlModule(): Yaml {
  return YAML;
}

/** Node's crypto, as in `src/base/lazy-modules.ts`. */
export function cryptoModule(): typeof import('node:crypto') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('node:crypto');
}
