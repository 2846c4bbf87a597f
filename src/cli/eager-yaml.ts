import { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit } from 'yaml';
import type { Yaml } from '../base/lazy-modules';

const YAML: Yaml = { Document, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, visit };

/** Replaces `yamlModule` of `src/base/lazy-modules.ts` in the bundle: every command needs yaml, and code that is never loaded late need not be compiled twice. */
export function yamlModule(): Yaml {
  return YAML;
}
